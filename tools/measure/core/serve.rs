//! Fetching a frame, over a connection of its own from this server. The numbers are in `docs/frame-server.md`.

mod support;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hyperframes_native::callback::Callback;
use hyperframes_native::server::FrameServer;

const SIZES: [(&str, usize); 5] = [
    ("10 KB", 10_000),
    ("0.6 MB", 600_000),
    ("3.2 MB", 3_200_000),
    ("12 MB", 12_000_000),
    ("33 MB", 33_000_000),
];

fn register(server: &FrameServer, path: PathBuf) -> String {
    let (sender, receiver) = mpsc::channel();
    let answer = move |urls: Result<_, _>| sender.send(urls.ok()).expect("the bench listens");
    server.register(vec![path], Callback::new(answer, || unreachable!("it answers")));
    let mut urls = receiver.recv().expect("an answer").expect("a server");
    urls.pop().expect("one URL")
}

/// Asks for `path` and reads the answer to its end; a body of `size` bytes is expected.
fn fetch(stream: &mut TcpStream, request: &[u8], size: usize, buffer: &mut [u8]) {
    stream.write_all(request).expect("the server listens");
    let mut head = 0;
    let mut got = 0;
    while head == 0 || got < head + size {
        let from = if head == 0 { got } else { 0 };
        let read = stream.read(&mut buffer[from..]).expect("the server answers");
        assert_ne!(read, 0, "the server stays");
        got += read;
        if head == 0 {
            let end = buffer[..got].windows(4).position(|four| four == b"\r\n\r\n");
            head = end.map_or(0, |at| at + 4);
        }
    }
}

/// The shortest file server that Node has; it does none of the checks.
struct NodeServer {
    child: Child,
    port: u16,
}

impl NodeServer {
    fn start(path: &Path) -> Self {
        let script = "const fs = require('fs'), file = process.argv[1], size = fs.statSync(file).size;
            require('http').createServer((request, response) => {
                response.writeHead(200, { 'content-length': size, 'content-type': 'image/jpeg' });
                fs.createReadStream(file, { highWaterMark: 262144 }).pipe(response);
            }).listen(0, '127.0.0.1', function () { console.log(this.address().port); });";
        let mut child = Command::new("node")
            .args(["-e", script])
            .arg(path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is on the path");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("it is piped"))
            .read_line(&mut line)
            .expect("node says its port");
        let port = line.trim().parse().expect("a port");
        Self { child, port }
    }
}

impl Drop for NodeServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn bench(criterion: &mut Criterion) {
    let server = FrameServer::new();
    let mut buffer = vec![0; 1 << 20];
    let mut group = support::group(criterion, "serve");
    for (name, size) in SIZES {
        let path = support::frame(size);
        let url = register(&server, path.clone());
        let (authority, token) = url
            .trim_start_matches("http://")
            .split_once('/')
            .expect("a URL with a path");
        let request = format!("GET /{token} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
        group.throughput(Throughput::Bytes(size as u64));
        group.bench_function(BenchmarkId::new("this", name), |bencher| {
            bencher.iter(|| {
                let mut stream = TcpStream::connect(authority).expect("the server listens");
                fetch(&mut stream, request.as_bytes(), size, &mut buffer);
            });
        });
        group.bench_function(BenchmarkId::new("Node's http", name), |bencher| {
            let node = NodeServer::start(&path);
            let mut stream = TcpStream::connect(("127.0.0.1", node.port)).expect("node listens");
            let request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
            bencher.iter(|| fetch(&mut stream, request, size, &mut buffer));
        });
        // What the bytes cost without a server: read to the same buffer.
        group.bench_with_input(BenchmarkId::new("read alone", name), &path, |bencher, path| {
            bencher.iter(|| {
                let mut file = fs::File::open(path).expect("the frame exists");
                while file.read(&mut buffer[..256 * 1024]).expect("it is readable") > 0 {}
            });
        });
        fs::remove_file(path).expect("the frame exists");
    }
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
