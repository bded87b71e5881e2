//! The server over real sockets, byte by byte.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Barrier, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use super::frame_file::{FrameFile, PIECE_LEN};
use super::frame_server::server;
use super::registry::Token;
#[cfg(target_os = "linux")]
use super::running::RunningServer;
use super::running::run;
use super::state::{Counters, Limits, ServerState};
use super::{FrameServer, ServerError};
use crate::callback::Callback;
use crate::fault::ServerFault;
#[cfg(target_os = "linux")]
use crate::testing::limit_memory;
use crate::testing::{TestDir, in_child, jpeg};

/// A server of the test's own, stopped when dropped.
struct Server {
    state: Arc<ServerState>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    fn new() -> Self {
        Self::with(Limits::default(), None)
    }

    fn with(limits: Limits, fault: Option<ServerFault>) -> Self {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = runtime
            .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .expect("a port");
        let port = listener.local_addr().expect("it is bound").port();
        let counters = Arc::<Counters>::default();
        let state = Arc::new(ServerState::new(port, counters, limits, fault));
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&state);
        let thread = thread::spawn(move || {
            runtime.block_on(run(listener, served, async {
                let _ = stopped.await;
            }));
        });
        Self {
            state,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    fn add(&self, path: &Path) -> String {
        let token = Token::random().expect("random bytes");
        let frame = FrameFile::new(path).expect("a frame");
        self.state.registry.add([(token, frame)]);
        format!("/{token}")
    }

    fn client(&self) -> Client {
        Client::new(self.state.port)
    }

    fn get(&self, path: &str) -> Answer {
        self.client().get(path)
    }

    /// `more` is further header lines, each with its end.
    fn ask(&self, method: &str, path: &str, more: &str) -> Answer {
        self.client().ask(method, path, more)
    }

    fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().expect("no panic");
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

struct Client {
    stream: TcpStream,
    port: u16,
}

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HashMap<String, String>,
    body: Vec<u8>,
    /// Whether the connection ended before the body did.
    cut: bool,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Client {
    fn new(port: u16) -> Self {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("the server listens");
        // Miri's sockets have none.
        if !cfg!(miri) {
            stream
                .set_read_timeout(Some(Duration::from_secs(20)))
                .expect("a time-out");
        }
        Self { stream, port }
    }

    fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    /// `more` is further header lines, each with its end.
    fn ask(&mut self, method: &str, path: &str, more: &str) -> Answer {
        let port = self.port;
        self.send(&format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{more}\r\n"
        ));
        self.receive()
    }

    fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).expect("the server reads");
    }

    fn head(&mut self) -> (u16, HashMap<String, String>) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).expect("a whole head");
            head.extend(byte);
        }
        let head = String::from_utf8(head).expect("ASCII");
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().and_then(|line| line.get(9..12)).expect("a status");
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        (status.parse().expect("a number"), headers.collect())
    }

    /// Asks for `path` and does not read.
    fn send_get(&mut self, path: &str) {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n",
            self.port
        ));
    }

    fn receive(&mut self) -> Answer {
        let (status, headers) = self.head();
        let len = headers
            .get("content-length")
            .map_or(0, |len| len.parse::<usize>().expect("a number"));
        let mut body = Vec::new();
        // An error is a reset; what came before it counts.
        let _ = Read::by_ref(&mut self.stream)
            .take(len as u64)
            .read_to_end(&mut body);
        Answer {
            status,
            headers,
            cut: body.len() < len,
            body,
        }
    }

    /// Waits until the server closes the connection, and returns what it still sent.
    fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.stream.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}"),
        }
        rest
    }
}

fn quick(connections: usize) -> Limits {
    Limits {
        connections,
        head: Duration::from_millis(300),
        stall: Duration::from_millis(300),
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(10), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn gives_the_bytes_of_files_of_any_size() {
    let dir = TestDir::new();
    let server = Server::new();
    let mut sum = 0;
    for len in [
        6,
        PIECE_LEN - 1,
        PIECE_LEN,
        PIECE_LEN + 1,
        2 * PIECE_LEN,
        5 * PIECE_LEN + 17,
    ] {
        let bytes = jpeg(len);
        let mut client = server.client();
        let answer = client.get(&server.add(&dir.file(&format!("{len}"), &bytes)));
        assert_eq!((answer.status, answer.cut), (200, false));
        assert!(answer.body == bytes, "{len}");
        for (name, value) in [
            ("content-type", "image/jpeg"),
            ("content-length", &*len.to_string()),
            ("access-control-allow-origin", "*"),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("connection", "close"),
        ] {
            assert_eq!(answer.header(name), value, "{name}");
        }
        // The connection ends with its answer.
        assert!(client.rest().is_empty());
        sum += len as u64;
    }
    // What another thread counts is seen some time, not at once.
    let stats = || server.state.counters.stats(server.state.registry.len());
    until("all is counted", || {
        let it = stats();
        (it.requests, it.frames, it.bytes, it.refused) == (6, 6, sum, 0)
    });
    assert_eq!(stats().registered, 6);
    until("the connections are forgotten", || {
        server.state.counters.stats(0).connections == 0
    });
}

#[test]
fn the_type_is_that_of_the_bytes() {
    let dir = TestDir::new();
    let server = Server::new();
    for (bytes, expected) in [
        (&b"\x89PNG\r\n\x1a\n and more"[..], "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF89a", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ] {
        let answer = server.get(&server.add(&dir.file("frame.jpg", bytes)));
        assert_eq!(
            (answer.status, answer.header("content-type"), &*answer.body),
            (200, expected, bytes)
        );
    }
}

#[test]
fn a_range_is_ignored() {
    let dir = TestDir::new();
    let server = Server::new();
    let path = server.add(&dir.file("frame", &jpeg(1000)));
    for range in ["bytes=0-0", "bytes=-5", "bytes=2000-", "bytes=0-1,3-4", "x"] {
        let answer = server.ask("GET", &path, &format!("Range: {range}\r\n"));
        assert_eq!(
            (answer.status, answer.header("content-range")),
            (200, ""),
            "{range}"
        );
        assert!(answer.body == jpeg(1000), "{range}");
    }
}

#[test]
fn one_connection_gives_one_answer() {
    let dir = TestDir::new();
    let server = Server::new();
    let bytes = jpeg(3 * PIECE_LEN);
    let path = server.add(&dir.file("frame", &bytes));
    let mut client = server.client();
    for _ in 0..3 {
        client.send_get(&path);
    }
    assert!(client.receive().body == bytes);
    assert!(client.rest().is_empty());
    assert_eq!(server.state.counters.stats(0).requests, 1);
}

#[test]
fn everything_else_is_not_found() {
    let dir = TestDir::new();
    let server = Server::new();
    let file = dir.file("frame", &jpeg(100));
    let path = server.add(&file);
    let token = Token::parse(&path[1..]).expect("a token");
    assert_eq!(server.get(&path).status, 200);
    let mut answers = Vec::new();
    for other in [
        "/".to_owned(),
        format!("/{}", Token::random().expect("random bytes")),
        format!("{path}/"),
        format!("/{path}"),
        format!("{path}?x"),
        path.to_uppercase().replace('/', "/A"),
        format!("/..{}", file.display()),
        file.display().to_string(),
        "/%2e%2e/etc/passwd".to_owned(),
    ] {
        let answer = server.get(&other);
        assert_eq!((answer.status, &*answer.body), (404, &b""[..]), "{other}");
        answers.push(answer);
    }
    server.state.registry.remove(&[token]);
    answers.push(server.get(&path));
    for answer in &mut answers {
        // The clock may have gone on.
        answer.headers.remove("date");
    }
    assert!(
        answers
            .iter()
            .all(|answer| (answer.status, &answer.headers) == (404, &answers[0].headers))
    );
    until("all is counted", || {
        server.state.counters.stats(0).refused == answers.len() as u64
    });
}

#[test]
fn answers_to_its_own_names_only() {
    let dir = TestDir::new();
    let server = Server::new();
    let path = server.add(&dir.file("frame", &jpeg(100)));
    let port = server.state.port;
    for (hosts, status) in [
        (format!("Host: localhost:{port}\r\n"), 200),
        (format!("Host: LOCALHOST:{port}\r\n"), 200),
        (String::new(), 421),
        ("Host: 127.0.0.1\r\n".to_owned(), 421),
        (format!("Host: 127.0.0.1:{}\r\n", port ^ 1), 421),
        (format!("Host: 127.0.0.1:0{port}\r\n"), 421),
        (format!("Host: evil.example:{port}\r\n"), 421),
        (format!("Host: 127.0.0.1.evil.example:{port}\r\n"), 421),
        (format!("Host: x@127.0.0.1:{port}\r\n"), 421),
        (
            format!("Host: 127.0.0.1:{port}\r\nHost: evil.example:{port}\r\n"),
            421,
        ),
    ] {
        let mut client = server.client();
        client.send(&format!("GET {path} HTTP/1.1\r\n{hosts}\r\n"));
        assert_eq!(client.receive().status, status, "{hosts}");
    }
    for (authority, status) in [("evil.example", 421), ("127.0.0.1", 200)] {
        let answer = server.ask("GET", &format!("http://{authority}:{port}{path}"), "");
        assert_eq!(answer.status, status);
    }
}

#[test]
fn refuses_other_methods_and_allows_preflights() {
    let dir = TestDir::new();
    let server = Server::new();
    let path = server.add(&dir.file("frame", &jpeg(100)));
    for method in ["HEAD", "POST", "PUT", "DELETE", "PATCH", "TRACE", "FROB"] {
        let mut client = server.client();
        let answer = client.ask(method, &path, "Content-Length: 0\r\n");
        assert!(client.rest().is_empty());
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, OPTIONS"));
        assert_eq!(answer.header("content-length"), "0");
    }
    let asked = "Origin: https://a.example\r\nAccess-Control-Request-Method: GET\r\n";
    let answer = server.ask("OPTIONS", &path, asked);
    assert_eq!(
        (answer.status, answer.header("access-control-allow-methods")),
        (204, "GET, OPTIONS")
    );
    assert_eq!(answer.header("access-control-allow-private-network"), "");
    let private = format!("{asked}Access-Control-Request-Private-Network: true\r\n");
    let answer = server.ask("OPTIONS", &path, &private);
    assert_eq!(answer.header("access-control-allow-private-network"), "true");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
}

#[test]
#[cfg_attr(miri, ignore = "takes minutes in Miri")]
fn heads_are_bounded() {
    let server = Server::new();
    let mut client = server.client();
    let long = "x".repeat(64 * 1024);
    // The server may close before it has read everything.
    let _ = client
        .stream
        .write_all(format!("GET / HTTP/1.1\r\nX: {long}\r\n\r\n").as_bytes());
    // Where the refusal arrives before the reset, it is 431.
    let rest = client.rest();
    assert!(
        rest.is_empty() || rest.starts_with(b"HTTP/1.1 431 "),
        "{}",
        String::from_utf8_lossy(&rest)
    );
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\n");
    for index in 0..200 {
        let _ = write!(client.stream, "X-{index}: x\r\n");
    }
    let _ = write!(client.stream, "\r\n");
    assert!(!client.rest().starts_with(b"HTTP/1.1 2"));
    let mut client = server.client();
    client.send("no HTTP at all\r\n\r\n");
    assert!(client.rest().starts_with(b"HTTP/1.1 400 "));
    assert_eq!(server.state.counters.stats(0).requests, 0);
}

#[test]
fn half_a_head_and_silent_connections_are_closed() {
    let server = Server::with(quick(8), None);
    let mut silent = server.client();
    let mut half = server.client();
    half.send("GET / HTTP/1.1\r\nHost: ");
    let mut left = server.client();
    left.send("GET / HTTP/1.1\r\n");
    left.stream
        .shutdown(Shutdown::Write)
        .expect("it was not shut down yet");
    for client in [&mut silent, &mut half, &mut left] {
        assert!(!client.rest().starts_with(b"HTTP/1.1 2"));
    }
    until("all are forgotten", || {
        server.state.counters.stats(0).connections == 0
    });
}

#[test]
#[cfg_attr(miri, ignore = "takes minutes in Miri")]
fn a_client_that_stops_reading_is_closed() {
    let dir = TestDir::new();
    let server = Server::with(quick(8), None);
    let len = 64 << 20;
    let file = dir.file("frame", b"");
    File::options()
        .write(true)
        .open(&file)
        .and_then(|file| file.set_len(len))
        .expect("the disk has room for a sparse file");
    let path = server.add(&file);
    let mut stalled = server.client();
    stalled.send_get(&path);
    until("it is sent something", || {
        server.state.counters.stats(0).bytes > 0
    });
    until("it is given up", || {
        server.state.counters.stats(0).connections == 0
    });
    let stats = server.state.counters.stats(0);
    assert!(stats.bytes < len && stats.frames == 0, "{stats:?}");
    // A slow one is not.
    let mut slow = server.client();
    slow.send_get(&path);
    slow.head();
    let mut buffer = vec![0; 8 << 20];
    for _ in 0..8 {
        slow.stream
            .read_exact(&mut buffer)
            .expect("the connection stands");
        thread::sleep(Duration::from_millis(100));
    }
}

/// Limits under which nothing but the number of connections can end one while the test runs.
fn patient(connections: usize) -> Limits {
    let long = Duration::from_secs(3600);
    Limits {
        connections,
        head: long,
        stall: long,
    }
}

#[test]
fn the_oldest_client_that_asked_for_no_frame_makes_room() {
    let dir = TestDir::new();
    let server = Server::with(patient(2), None);
    let path = server.add(&dir.file("frame", &jpeg(100)));
    let [mut oldest, mut youngest] = [(); 2].map(|()| {
        let mut client = server.client();
        client.send("GET / HTTP/1.1\r\nHost: ");
        client
    });
    until("both are served", || {
        server.state.counters.stats(0).connections == 2
    });
    assert_eq!(server.get(&path).status, 200);
    assert!(oldest.rest().is_empty());
    // The other one is still heard.
    youngest.send(&format!("127.0.0.1:{}\r\n\r\n", server.state.port));
    assert_eq!(youngest.receive().status, 404);
}

#[test]
#[cfg_attr(miri, ignore = "takes minutes in Miri")]
fn half_open_connections_without_end_keep_nobody_out() {
    let dir = TestDir::new();
    let server = Server::with(patient(8), None);
    let path = server.add(&dir.file("frame", &jpeg(100)));
    let mut held = Vec::new();
    for round in 0..500 {
        let mut half = server.client();
        half.send("GET / HTTP/1.1\r\nHost: ");
        held.push(half);
        if round % 100 == 99 {
            assert_eq!(server.get(&path).status, 200);
        }
    }
    assert!(server.state.counters.stats(0).connections <= 8);
    drop(held);
}

#[test]
#[cfg_attr(miri, ignore = "takes minutes in Miri")]
fn more_clients_than_connections_all_get_their_frames() {
    let dir = TestDir::new();
    let server = Server::with(patient(8), None);
    let frames: Vec<(String, Vec<u8>)> = [100, 1000, PIECE_LEN, 3 * PIECE_LEN + 5]
        .into_iter()
        .map(|len| (server.add(&dir.file(&len.to_string(), &jpeg(len))), jpeg(len)))
        .collect();
    thread::scope(|scope| {
        for start in 0..6 {
            let (frames, server) = (&frames, &server);
            scope.spawn(move || {
                for (path, bytes) in frames.iter().cycle().skip(start).take(200) {
                    assert!(server.get(path).body == *bytes);
                }
            });
        }
    });
    assert_eq!(server.state.counters.stats(0).frames, 6 * 200);
}

/// Clients that have asked for a frame larger than what sockets hold, so that the server is at work until they read.
fn at_work(server: &Server, path: &str, count: usize) -> Vec<Client> {
    let clients = (0..count).map(|_| {
        let mut client = server.client();
        client.send_get(path);
        assert_eq!(client.head().0, 200);
        client
    });
    clients.collect()
}

#[test]
#[cfg_attr(miri, ignore = "takes minutes in Miri")]
fn where_all_are_at_work_a_new_client_waits_for_the_first_that_is_done_and_no_frame_is_cut() {
    let dir = TestDir::new();
    let server = Server::with(patient(2), None);
    let bytes = jpeg(128 * PIECE_LEN);
    let (large, small) = (
        server.add(&dir.file("large", &bytes)),
        server.add(&dir.file("small", &jpeg(100))),
    );
    let mut working = at_work(&server, &large, 2);
    let mut late = server.client();
    late.send_get(&small);
    thread::sleep(Duration::from_millis(100));
    assert_eq!(server.state.counters.stats(0).requests, 2, "it waits");
    for client in working.iter_mut().rev() {
        let mut body = vec![0; bytes.len()];
        client.stream.read_exact(&mut body).expect("the whole frame");
        assert!(body == bytes);
    }
    assert_eq!(late.receive().status, 200);
}

#[test]
#[cfg_attr(miri, ignore = "takes minutes in Miri")]
fn a_client_whose_turn_does_not_come_is_told() {
    let dir = TestDir::new();
    let limits = Limits {
        head: Duration::from_millis(300),
        ..patient(1)
    };
    let server = Server::with(limits, None);
    let (large, small) = (
        server.add(&dir.file("large", &jpeg(128 * PIECE_LEN))),
        server.add(&dir.file("small", &jpeg(100))),
    );
    let working = at_work(&server, &large, 1);
    let mut late = server.client();
    late.send_get(&small);
    let answer = late.receive();
    assert_eq!((answer.status, &*answer.body), (503, &b""[..]));
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert!(late.rest().is_empty());
    assert_eq!(server.state.counters.stats(0).refused, 1);
    drop(working);
    assert_eq!(server.get(&small).status, 200);
}

#[test]
#[cfg_attr(miri, ignore = "Miri sets no times of files")]
fn a_frame_that_changed_is_gone() {
    type Change = (&'static str, fn(&Path));
    let dir = TestDir::new();
    let server = Server::new();
    let whole = jpeg(1000);
    let changes: [Change; 5] = [
        ("deleted", |path| fs::remove_file(path).expect("it is there")),
        ("cut", |path| {
            let file = File::options().write(true).open(path).expect("it is there");
            file.set_len(999).expect("it can be cut");
        }),
        ("written", |path| fs::write(path, jpeg(1000)).expect("it is ours")),
        ("replaced", |path| {
            let times = fs::metadata(path)
                .and_then(|metadata| metadata.modified())
                .expect("it is there");
            let other = path.with_extension("other");
            fs::write(&other, jpeg(1000)).expect("the directory is writable");
            File::options()
                .write(true)
                .open(&other)
                .and_then(|file| file.set_modified(times))
                .expect("it is ours");
            fs::rename(&other, path).expect("the directory is writable");
        }),
        ("made a directory", |path| {
            fs::remove_file(path).expect("it is there");
            fs::create_dir(path).expect("the directory is writable");
        }),
    ];
    for (name, change) in changes {
        let file = dir.file(name, &whole);
        let path = server.add(&file);
        assert_eq!(server.get(&path).body, whole, "{name}");
        // The file system's clock has ticks.
        thread::sleep(Duration::from_millis(20));
        change(&file);
        let answer = server.get(&path);
        // Without inodes a file of the same size and time passes for the same.
        if cfg!(unix) || name != "replaced" {
            assert_eq!((answer.status, &*answer.body), (410, &b""[..]), "{name}");
        }
    }
}

/// Starts to fetch a large frame, does `change` to it when the server cannot be done, and fetches the rest.
fn fetch_around(change: fn(&mut File)) -> (Answer, Vec<u8>) {
    let dir = TestDir::new();
    let server = Server::new();
    let bytes = jpeg(64 * PIECE_LEN);
    let file = dir.file("frame", &bytes);
    let path = server.add(&file);
    let mut client = server.client();
    client.send_get(&path);
    until("it is sent something", || {
        server.state.counters.stats(0).bytes > 0
    });
    // The client reads nothing, so the server gets stuck with most of the frame unread.
    thread::sleep(Duration::from_millis(100));
    let mut open = File::options().write(true).open(&file).expect("it is there");
    change(&mut open);
    drop(open);
    let answer = client.receive();
    assert!(
        server.state.counters.stats(0).frames == u64::from(!answer.cut),
        "the figures agree"
    );
    (answer, bytes)
}

#[test]
fn a_frame_cut_under_way_aborts_the_response() {
    let (answer, bytes) = fetch_around(|file| file.set_len(60 * PIECE_LEN as u64).expect("it can be cut"));
    assert!(answer.cut);
    assert!(answer.body == bytes[..answer.body.len()]);
}

#[test]
fn a_frame_written_under_way_never_arrives_whole() {
    let (answer, _) = fetch_around(|file| file.write_all(b"\xff\xd8\xff\xe1").expect("it is ours"));
    assert!(answer.cut);
}

#[cfg(unix)]
#[test]
fn a_frame_deleted_under_way_arrives() {
    let dir = TestDir::new();
    let server = Server::new();
    let bytes = jpeg(64 * PIECE_LEN);
    let file = dir.file("frame", &bytes);
    let mut client = server.client();
    client.send_get(&server.add(&file));
    until("it is sent something", || {
        server.state.counters.stats(0).bytes > 0
    });
    fs::remove_file(&file).expect("it is there");
    assert!(client.receive().body == bytes);
}

#[test]
fn a_stop_closes_connections_and_frees_the_port() {
    let dir = TestDir::new();
    let mut server = Server::new();
    let path = server.add(&dir.file("frame", &jpeg(100)));
    assert_eq!(server.get(&path).status, 200);
    let mut open = server.client();
    open.send("GET / HTTP/1.1\r\n");
    until("it is open", || server.state.counters.stats(0).connections == 1);
    let port = server.state.port;
    server.stop();
    assert!(open.rest().is_empty());
    assert_eq!(server.state.counters.stats(0).connections, 0);
    // Ours is the last reference: no task was forgotten.
    assert_eq!(Arc::strong_count(&server.state), 1);
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is free");
}

#[test]
#[cfg_attr(miri, ignore = "takes minutes in Miri")]
fn many_clients_get_their_own_frames() {
    let dir = TestDir::new();
    let server = Server::new();
    let frames: Vec<(String, Vec<u8>)> = (0..16)
        .map(|index| {
            let bytes = jpeg(PIECE_LEN + 1000 * index + 6);
            (server.add(&dir.file(&index.to_string(), &bytes)), bytes)
        })
        .collect();
    thread::scope(|scope| {
        for start in 0..8 {
            let (frames, server) = (&frames, &server);
            scope.spawn(move || {
                for (path, bytes) in frames.iter().cycle().skip(start).take(40) {
                    assert!(server.get(path).body == *bytes);
                }
            });
        }
    });
    assert_eq!(server.state.counters.stats(0).frames, 8 * 40);
}

#[test]
#[cfg_attr(miri, ignore = "takes minutes in Miri")]
fn faults_can_be_produced() {
    let dir = TestDir::new();
    for len in [1001, 5 * PIECE_LEN] {
        let server = Server::with(Limits::default(), Some(ServerFault::Close));
        let bytes = jpeg(len);
        let answer = server.get(&server.add(&dir.file("frame", &bytes)));
        assert!(answer.cut);
        assert!(answer.body == bytes[..len / 2], "{}", answer.body.len());
    }
    let server = Server::with(Limits::default(), Some(ServerFault::Stall));
    let mut client = server.client();
    client.send("GET / HTTP/1.1\r\n\r\n");
    client
        .stream
        .set_read_timeout(Some(Duration::from_millis(200)))
        .expect("a time-out");
    let error = client.stream.read(&mut [0]).expect_err("no answer");
    assert!(matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
}

#[test]
fn a_server_can_be_made_to_die() {
    let dir = TestDir::new();
    let server = Server::with(Limits::default(), Some(ServerFault::Die));
    let path = server.add(&dir.file("frame", &jpeg(1001)));
    for _ in 0..5 {
        assert_eq!(server.get(&path).status, 200);
    }
    let mut client = server.client();
    client.send_get(&path);
    let ended = client.stream.read(&mut [0]);
    assert!(matches!(ended, Ok(0) | Err(_)), "{ended:?}");
    TcpStream::connect(("127.0.0.1", server.state.port)).expect_err("the port is closed");
}

type Urls = Result<Vec<String>, ServerError>;

/// Registers without waiting for the answer.
fn start_to_register(server: &FrameServer, paths: Vec<PathBuf>) -> mpsc::Receiver<Urls> {
    let (sender, receiver) = mpsc::channel();
    let answer = move |urls| sender.send(urls).expect("the test listens");
    let unanswered = || Err(ServerError::unavailable("nobody answered"));
    server.register(paths, Callback::new(answer, unanswered));
    receiver
}

fn register(server: &FrameServer, paths: Vec<PathBuf>) -> Urls {
    let receiver = start_to_register(server, paths);
    receiver.recv_timeout(Duration::from_secs(20)).expect("an answer")
}

fn split(url: &str) -> (u16, String) {
    let (port, token) = url
        .strip_prefix("http://127.0.0.1:")
        .and_then(|rest| rest.split_once('/'))
        .expect("a URL of ours");
    (port.parse().expect("a port"), format!("/{token}"))
}

fn is_served(url: &str) -> bool {
    let (port, path) = split(url);
    Client::new(port).get(&path).status == 200
}

fn is_free(url: &str) -> bool {
    std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, split(url).0)).is_ok()
}

/// In a process of its own, as the server is the process's.
#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn handles_share_one_server() {
    let status = in_child("server::tests::handles_share_one_server", || {
        let dir = TestDir::new();
        let path = dir.file("frame", &jpeg(1000));
        let (one, two, never) = (FrameServer::new(), FrameServer::new(), FrameServer::new());
        let first = register(&one, vec![path.clone(), path.clone()]).expect("URLs");
        let second = register(&two, vec![path.clone()]).expect("URLs");
        assert_eq!(split(&first[0]).0, split(&second[0]).0);
        assert_ne!(first[0], first[1]);
        assert!(first.iter().chain(&second).all(|url| is_served(url)));
        assert_eq!((one.stats().registered, never.stats().registered), (3, 0));

        // One bad file, and none is registered.
        let error = register(
            &one,
            vec![path.clone(), dir.path().join("gone"), dir.path().into()],
        )
        .expect_err("it is gone");
        assert_eq!(error.code(), "FRAME_NOT_FOUND");
        let error = register(&one, vec![dir.path().into()]).expect_err("a directory");
        assert_eq!(error.code(), "FRAME_IS_DIRECTORY");
        assert_eq!(one.stats().registered, 3);

        // Only one's own.
        one.unregister([&*first[0], &second[0], "http://127.0.0.1:1/", "nonsense"]);
        assert!(!is_served(&first[0]) && is_served(&first[1]) && is_served(&second[0]));

        one.close();
        one.close();
        assert!(!is_served(&first[1]) && is_served(&second[0]));
        assert_eq!(
            register(&one, vec![path.clone()])
                .expect_err("it is closed")
                .code(),
            "SERVER_UNAVAILABLE"
        );

        drop(two);
        until("the port is free", || is_free(&second[0]));
        #[cfg(target_os = "linux")]
        until("the threads have ended", || {
            let tasks = fs::read_dir("/proc/self/task").expect("procfs");
            !tasks.flatten().any(|task| {
                fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.starts_with("hf-serve"))
            })
        });

        let third = register(&never, vec![path]).expect("URLs");
        assert!(is_served(&third[0]));
    });
    assert!(status.is_none_or(|status| status.success()));
}

#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn a_close_during_a_registration_settles_it() {
    let status = in_child("server::tests::a_close_during_a_registration_settles_it", || {
        let dir = TestDir::new();
        let path = dir.file("frame", &jpeg(1000));
        let stays = FrameServer::new();
        register(&stays, vec![path.clone()]).expect("URLs");
        for round in 0..50 {
            let server = FrameServer::new();
            let receiver = start_to_register(&server, vec![path.clone(); 20 * round]);
            thread::sleep(Duration::from_micros(20 * round as u64));
            drop(server);
            let outcome = receiver.recv_timeout(Duration::from_secs(20)).expect("an answer");
            if let Err(error) = outcome {
                assert_eq!(error.code(), "SERVER_UNAVAILABLE");
            }
            assert_eq!(stays.stats().registered, 1, "nothing of the closed one is left");
        }
    });
    assert!(status.is_none_or(|status| status.success()));
}

/// Rounds of a race between threads: an order that loses shows up in few of them.
const ROUNDS: usize = 200;

#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn handles_that_register_at_once_share_one_server() {
    let status = in_child(
        "server::tests::handles_that_register_at_once_share_one_server",
        || {
            let dir = TestDir::new();
            let path = dir.file("frame", &jpeg(100));
            for _ in 0..ROUNDS {
                let handles = [(); 3].map(|()| FrameServer::new());
                let start = Barrier::new(handles.len());
                let urls: Vec<String> = thread::scope(|scope| {
                    let threads = handles.each_ref().map(|handle| {
                        let (start, path) = (&start, &path);
                        scope.spawn(move || {
                            start.wait();
                            register(handle, vec![path.clone()]).expect("URLs").remove(0)
                        })
                    });
                    threads.map(|thread| thread.join().expect("no panic")).into()
                });
                assert!(urls.iter().all(|url| split(url).0 == split(&urls[0]).0));
                assert!(handles.iter().all(|handle| handle.stats().registered == 3));
            }
        },
    );
    assert!(status.is_none_or(|status| status.success()));
}

#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn the_last_close_loses_no_registration_and_keeps_no_port() {
    let status = in_child(
        "server::tests::the_last_close_loses_no_registration_and_keeps_no_port",
        || {
            let dir = TestDir::new();
            let path = dir.file("frame", &jpeg(100));
            let mut last = String::new();
            for _ in 0..ROUNDS {
                let (first, second) = (FrameServer::new(), FrameServer::new());
                register(&first, vec![path.clone()]).expect("URLs");
                let goes = thread::spawn(move || drop(first));
                let urls = register(&second, vec![path.clone()]).expect("URLs");
                goes.join().expect("no panic");
                assert_eq!(second.stats().registered, 1);
                assert!(is_served(&urls[0]));
                last.clone_from(&urls[0]);
            }
            until("the port is free", || is_free(&last));
        },
    );
    assert!(status.is_none_or(|status| status.success()));
}

#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn a_server_that_died_is_replaced() {
    let status = in_child("server::tests::a_server_that_died_is_replaced", || {
        let dir = TestDir::new();
        let path = dir.file("frame", &jpeg(100));
        let handle = FrameServer::new();
        let before = register(&handle, vec![path.clone()]).expect("URLs");
        let running = server(None).expect("it runs");
        let runtime = Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime");
        // The sixth request is one too many.
        let requests = async {
            for _ in 0..6 {
                running.state.death.count().await;
            }
        };
        let counted =
            runtime.block_on(async { tokio::time::timeout(Duration::from_millis(50), requests).await });
        assert!(counted.is_err());
        until("it has died", || !running.is_running());
        let after = register(&handle, vec![path]).expect("URLs");
        assert_eq!(handle.stats().registered, 1);
        assert!(is_served(&after[0]) && before != after);
    });
    assert!(status.is_none_or(|status| status.success()));
}

/// In a process without room for another thread's stack.
#[cfg(target_os = "linux")]
#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn a_job_that_gets_no_thread_is_dropped() {
    let status = in_child("server::tests::a_job_that_gets_no_thread_is_dropped", || {
        let server = RunningServer::start(Arc::default(), None).expect("a server");
        limit_memory(1 << 20);
        let (sender, receiver) = mpsc::channel();
        server.spawn(move || sender.send(()).expect("the test listens"));
        // By its drop, and not only when the next registration comes.
        assert_eq!(
            receiver.recv_timeout(Duration::from_secs(20)),
            Err(mpsc::RecvTimeoutError::Disconnected)
        );
    });
    assert!(status.is_none_or(|status| status.success()));
}

#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn a_relative_path_survives_a_change_of_directory() {
    let status = in_child(
        "server::tests::a_relative_path_survives_a_change_of_directory",
        || {
            let dir = TestDir::new();
            dir.file("frame", &jpeg(1000));
            std::env::set_current_dir(dir.path()).expect("it is there");
            let server = FrameServer::new();
            let urls = register(&server, vec!["frame".into()]).expect("URLs");
            std::env::set_current_dir("/").expect("it is there");
            assert!(is_served(&urls[0]));
        },
    );
    assert!(status.is_none_or(|status| status.success()));
}
