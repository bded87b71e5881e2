//! Bytes on a connection of the frame server.
//!
//! The first byte of the input says how they come, the rest are the bytes. Two frames are registered under tokens that are in the
//! dictionary, a third file beside them is not. Whatever comes: no panic, an end, one answer, which is a refusal or a whole frame whose
//! token the input has.
#![no_main]

use std::path::PathBuf;
use std::sync::LazyLock;

use hyperframes_native::server::fuzzing::DetachedServer;
use libfuzzer_sys::fuzz_target;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex, split};
use tokio::runtime::{Builder, Runtime};

/// The one that all seeds name.
const PORT: u16 = 8080;
const TOKENS: [&str; 2] = [
    "0123456789abcdef0123456789abcdef",
    "fedcba9876543210fedcba9876543210",
];
const REFUSALS: [u16; 6] = [204, 400, 404, 405, 421, 431];
/// A head of ours has some ten short lines.
const LONGEST_HEAD: usize = 700;

struct World {
    runtime: Runtime,
    server: DetachedServer,
    frames: [Vec<u8>; 2],
}

// One thread runs inputs.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let dir: PathBuf = std::env::temp_dir().join(format!("hf-fuzz-request-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a temporary directory");
    // The second is longer than one chunk.
    let frame = |magic: &[u8], len: usize, high: u8| {
        let mut bytes = magic.to_vec();
        bytes.extend((0..len).map(|index| high | (index % 61) as u8));
        bytes
    };
    let frames = [
        frame(b"\x89PNG\r\n\x1a\n", 500, 0x80),
        frame(b"\xff\xd8\xff", 256 * 1024 + 9, 0xc0),
    ];
    let server = DetachedServer::new(PORT);
    for (token, (name, bytes)) in TOKENS.iter().zip([("a.png", &frames[0]), ("b.jpg", &frames[1])]) {
        let path = dir.join(name);
        std::fs::write(&path, bytes).expect("the directory is writable");
        server.register(token, &path).expect("a frame");
    }
    std::fs::write(dir.join("c.jpg"), b"\xff\xd8\xffnever registered").expect("the directory is writable");
    World {
        // The clock stands still while anything happens and jumps to the next time-out when nothing does.
        runtime: Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .max_blocking_threads(1)
            .build()
            .expect("a runtime"),
        server,
        frames,
    }
});

/// How the bytes come.
struct Manner {
    piece: usize,
    /// Bytes that either side may send before the other has read any.
    room: usize,
    stays_open: bool,
    reads: bool,
}

impl Manner {
    fn of(byte: u8) -> Self {
        Self {
            piece: [16 * 1024, 1, 7, 100][usize::from(byte & 3)],
            room: [64 * 1024, 300][usize::from(byte >> 2 & 1)],
            stays_open: byte & 8 != 0,
            reads: byte & 16 == 0,
        }
    }
}

/// The bytes that the server sends to a client that behaves in this manner.
async fn converse(server: &DetachedServer, input: &[u8], manner: Manner) -> Vec<u8> {
    let (client, stream) = duplex(manner.room);
    let (mut reader, mut writer) = split(client);
    let serve = server.serve(stream);
    let send = async {
        for piece in input.chunks(manner.piece) {
            if writer.write_all(piece).await.is_err() {
                return;
            }
            tokio::task::yield_now().await;
        }
        if !manner.stays_open {
            let _ = writer.shutdown().await;
        }
    };
    let receive = async {
        let mut received = Vec::new();
        if manner.reads {
            reader
                .read_to_end(&mut received)
                .await
                .expect("memory does not fail");
        }
        received
    };
    // A client that does not read is given up by the server, which ends both.
    tokio::join!(serve, send, receive).2
}

/// `may_be_cut`: a client that says it sends no more is taken for gone, and its answer may end anywhere.
fn judge(answer: &[u8], may_be_cut: bool, input: &[u8], frames: &[Vec<u8>; 2]) {
    if answer.is_empty() {
        return;
    }
    let Some(end) = find(answer, b"\r\n\r\n").map(|end| end + 4) else {
        assert!(may_be_cut, "half a head");
        assert!(answer.len() < LONGEST_HEAD && answer.starts_with(&b"HTTP/1."[..answer.len().min(7)]));
        return;
    };
    assert!(end < LONGEST_HEAD, "a head of {end} bytes");
    let head = std::str::from_utf8(&answer[..end])
        .expect("ASCII")
        .to_ascii_lowercase();
    let status: u16 = head
        .strip_prefix("http/1.")
        .and_then(|head| head.get(2..5))
        .and_then(|status| status.parse().ok())
        .expect("a status line");
    let len: usize = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |len| len.parse().expect("a number"));
    let body = &answer[end..];
    if REFUSALS.contains(&status) {
        assert_eq!(
            (len, body.len()),
            (0, 0),
            "{status} with a body, or a second answer"
        );
        return;
    }
    assert_eq!(status, 200);
    let which = frames
        .iter()
        .position(|frame| frame.len() == len)
        .expect("the size of a frame");
    assert!(
        find(input, TOKENS[which].as_bytes()).is_some(),
        "its token was not named"
    );
    assert!(
        body.len() == len || may_be_cut,
        "a body cut short, or a second answer"
    );
    assert!(frames[which].starts_with(body), "other bytes");
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

fuzz_target!(|data: &[u8]| {
    let World {
        runtime,
        server,
        frames,
    } = &*WORLD;
    let Some((&manner, input)) = data.split_first() else {
        return;
    };
    let manner = Manner::of(manner);
    let may_be_cut = !manner.stays_open;
    let answer = runtime.block_on(converse(server, input, manner));
    judge(&answer, may_be_cut, input, frames);
});
