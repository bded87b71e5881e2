//! The server over real sockets, byte by byte.

mod answers;
mod handles;
mod limits;

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use super::frame_file::{CHUNK_LEN, FrameFile};
use super::registry::Token;
use super::running::run;
use super::state::{Counters, Limits, ServerState};
use crate::fault::ServerFault;
use crate::testing::{TestDir, jpeg};

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

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(10), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}
