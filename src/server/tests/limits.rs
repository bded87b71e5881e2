//! Limits, more clients than are served, the end of a server, and faults.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::{CHUNK_LEN, Client, Limits, Server, ServerFault, TestDir, jpeg, until};

fn quick(connections: usize) -> Limits {
    Limits {
        connections,
        head: Duration::from_millis(300),
        stall: Duration::from_millis(300),
    }
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
    let frames: Vec<(String, Vec<u8>)> = [100, 1000, CHUNK_LEN, 3 * CHUNK_LEN + 5]
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
    let bytes = jpeg(128 * CHUNK_LEN);
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
        server.add(&dir.file("large", &jpeg(128 * CHUNK_LEN))),
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
fn faults_can_be_produced() {
    let dir = TestDir::new();
    for len in [1001, 5 * CHUNK_LEN] {
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
