//! What the server's life promises, in every order in which the threads that share it can run:
//! `cargo test --no-default-features --features model --lib model`. `docs/unsafe.md` says what was tried against it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::process::server;
use super::running::running;
use super::{FrameServer, ServeError};
use crate::testing::{TestDir, jpeg};

type Outcome = Result<Vec<String>, ServeError>;

/// Registers a frame, without waiting for the answer.
fn register(server: &FrameServer, path: &Path, answers: &Arc<Mutex<Vec<Outcome>>>) {
    let answers = Arc::clone(answers);
    server.register(vec![path.to_owned()], move |outcome| {
        answers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(outcome);
    });
}

fn explore(model: impl Fn(&Path) + Send + Sync + 'static) {
    let dir = TestDir::new();
    let path = dir.file("frame", &jpeg(100));
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(3);
    builder.check(move || model(&path));
}

/// Lets the other threads run until every answer is there.
fn answered(answers: &Arc<Mutex<Vec<Outcome>>>, count: usize) {
    while answers.lock().unwrap_or_else(PoisonError::into_inner).len() < count {
        loom::thread::yield_now();
    }
}

#[test]
fn the_last_close_loses_no_registration_and_keeps_no_port() {
    explore(|path| {
        let answers = Arc::default();
        let (first, second) = (FrameServer::new(), FrameServer::new());
        register(&first, path, &answers);
        let goes = loom::thread::spawn(move || drop(first));
        register(&second, path, &answers);
        goes.join().expect("no panic");
        answered(&answers, 2);
        // Whatever became of the first one's, the second one's stands, on a server that runs.
        assert_eq!((running(), second.stats().registered), (1, 1));
        assert!(server(None).is_ok_and(|server| server.site.registry.len() == 1));
        drop(second);
        assert_eq!(running(), 0);
    });
}

#[test]
fn two_that_register_at_once_share_one_server() {
    explore(|path| {
        let answers = Arc::default();
        let other = {
            let (path, answers) = (path.to_owned(), Arc::clone(&answers));
            loom::thread::spawn(move || {
                let other = FrameServer::new();
                register(&other, &path, &answers);
                other
            })
        };
        let one = FrameServer::new();
        register(&one, path, &answers);
        let other = other.join().expect("no panic");
        assert_eq!(running(), 1);
        answered(&answers, 2);
        assert_eq!((one.stats().registered, other.stats().registered), (2, 2));
        drop(one);
        assert_eq!((running(), other.stats().registered), (1, 1));
        drop(other);
        assert_eq!(running(), 0);
    });
}

#[test]
fn a_close_during_a_registration_leaves_nothing_registered() {
    explore(|path| {
        let answers = Arc::default();
        let (closes, stays) = (FrameServer::new(), FrameServer::new());
        register(&stays, path, &answers);
        register(&closes, path, &answers);
        closes.close();
        answered(&answers, 2);
        assert_eq!(stays.stats().registered, 1);
        for outcome in answers.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            assert!(outcome.as_ref().is_ok_and(|urls| urls.len() == 1) || outcome.is_err());
        }
    });
}

#[test]
fn a_server_that_died_is_replaced() {
    explore(|path| {
        let answers = Arc::default();
        let one = FrameServer::new();
        register(&one, path, &answers);
        let dies = loom::thread::spawn(|| server(None).expect("a server").die());
        register(&one, path, &answers);
        dies.join().expect("no panic");
        // Each was answered: registered, or that there is no server.
        answered(&answers, 2);
        register(&one, path, &answers);
        answered(&answers, 3);
        assert!(answers.lock().unwrap_or_else(PoisonError::into_inner)[2].is_ok());
        assert_eq!(running(), 1);
        drop(one);
        assert_eq!(running(), 0);
    });
}
