//! The answer to each request, and frames that change.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::{Answer, CHUNK_LEN, Server, TestDir, Token, jpeg, until};

#[test]
fn gives_the_bytes_of_files_of_any_size() {
    let dir = TestDir::new();
    let server = Server::new();
    let mut sum = 0;
    for len in [
        6,
        CHUNK_LEN - 1,
        CHUNK_LEN,
        CHUNK_LEN + 1,
        2 * CHUNK_LEN,
        5 * CHUNK_LEN + 17,
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
    let bytes = jpeg(3 * CHUNK_LEN);
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
    let bytes = jpeg(64 * CHUNK_LEN);
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
    let (answer, bytes) = fetch_around(|file| file.set_len(60 * CHUNK_LEN as u64).expect("it can be cut"));
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
    let bytes = jpeg(64 * CHUNK_LEN);
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
#[cfg_attr(miri, ignore = "takes minutes in Miri")]
fn many_clients_get_their_own_frames() {
    let dir = TestDir::new();
    let server = Server::new();
    let frames: Vec<(String, Vec<u8>)> = (0..16)
        .map(|index| {
            let bytes = jpeg(CHUNK_LEN + 1000 * index + 6);
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
