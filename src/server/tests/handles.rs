//! Handles and the one server of the process.

use std::fs;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::{Arc, Barrier, mpsc};
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;

use super::{Client, TestDir, jpeg, until};
use crate::callback::Callback;
use crate::server::frame_server::server;
#[cfg(target_os = "linux")]
use crate::server::running::RunningServer;
use crate::server::{FrameServer, ServerError};
use crate::testing::in_child;
#[cfg(target_os = "linux")]
use crate::testing::limit_memory;

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
    let status = in_child("server::tests::handles::handles_share_one_server", || {
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
    let status = in_child(
        "server::tests::handles::a_close_during_a_registration_settles_it",
        || {
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
        },
    );
    assert!(status.is_none_or(|status| status.success()));
}

/// Rounds of a race between threads: an order that loses shows up in few of them.
const ROUNDS: usize = 200;

#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn handles_that_register_at_once_share_one_server() {
    let status = in_child(
        "server::tests::handles::handles_that_register_at_once_share_one_server",
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
        "server::tests::handles::the_last_close_loses_no_registration_and_keeps_no_port",
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
    let status = in_child("server::tests::handles::a_server_that_died_is_replaced", || {
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
    let status = in_child(
        "server::tests::handles::a_job_that_gets_no_thread_is_dropped",
        || {
            let server = RunningServer::start(Arc::default(), None).expect("a server");
            limit_memory(1 << 20);
            let (sender, receiver) = mpsc::channel();
            server.spawn(move || sender.send(()).expect("the test listens"));
            // By its drop, and not only when the next registration comes.
            assert_eq!(
                receiver.recv_timeout(Duration::from_secs(20)),
                Err(mpsc::RecvTimeoutError::Disconnected)
            );
        },
    );
    assert!(status.is_none_or(|status| status.success()));
}

#[test]
#[cfg_attr(miri, ignore = "Miri starts no processes")]
fn a_relative_path_survives_a_change_of_directory() {
    let status = in_child(
        "server::tests::handles::a_relative_path_survives_a_change_of_directory",
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
