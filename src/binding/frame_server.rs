//! The frame server for JavaScript.

use std::ffi::OsString;
use std::path::PathBuf;

use napi::bindgen_prelude::Object;
use napi::{Env, Result};
use napi_derive::napi;

use super::collected::Collected;
use super::list::List;
use super::{entry, error};
use crate::serve::{FrameServer, ServerStats};

/// Hands frame files to a browser over HTTP on 127.0.0.1, from a thread that Node's event loop cannot hold up.
///
/// Making one starts nothing. The one server of the process starts with the first `register` and stops, its port free,
/// soon after the last `FrameServer` that registered something is closed or collected. It keeps no process alive; a pending `register`
/// does, until it settles.
#[napi(js_name = "FrameServer")]
pub struct JsFrameServer {
    server: Collected<FrameServer>,
}

#[napi]
impl JsFrameServer {
    /// A handle with nothing registered.
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Result<Self, String> {
        entry::call("FrameServer.constructor", || {
            Ok(Self {
                server: Collected::new("FrameServer is collected", FrameServer::new()),
            })
        })
    }

    /// A URL for each file at `paths`, in their order, that nobody can guess. Each call gives each file a URL of its own.
    /// Only these are served, for as long as the file stays as it is: a file that changed gives 410, or an aborted
    /// response, and never other bytes.
    ///
    /// Rejects, and then registers none, with an `Error` as `FrameCache.inspect` does for a file that is gone or cannot be read, with the error of
    /// the first such file; or with one named `FrameServerError` with the code `SERVER_UNAVAILABLE` and the property
    /// `advice` if no port or no thread can be had, or if this server was closed; or with the code `INTERNAL`.
    #[napi(
        catch_unwind,
        ts_args_type = "paths: Array<string>",
        ts_return_type = "Promise<Array<string>>"
    )]
    pub fn register<'env>(&self, env: &'env Env, paths: List<OsString>) -> Result<Object<'env>, String> {
        entry::promise(
            env,
            ["FrameServer.register", "FrameServer.register settles"],
            |give| {
                let paths = paths.0.into_iter().map(PathBuf::from).collect();
                self.server.register(paths, give);
            },
            |env, outcome| outcome.map_err(|fault| error::of_server(env, &fault)),
        )
    }

    /// Takes files off the server by their URLs. What this `FrameServer` did not register is left alone. A response
    /// under way is finished.
    #[napi(catch_unwind, ts_args_type = "urls: Array<string>")]
    pub fn unregister(&self, urls: List<String>) -> Result<(), String> {
        entry::call("FrameServer.unregister", || {
            self.server.unregister(urls.0.iter().map(String::as_str));
            Ok(())
        })
    }

    /// Takes all files of this `FrameServer` off the server, and stops the server unless another one uses it. A later
    /// `register` rejects; closing twice does nothing.
    #[napi(catch_unwind)]
    pub fn close(&self) -> Result<(), String> {
        entry::call("FrameServer.close", || {
            self.server.close();
            Ok(())
        })
    }

    /// What the server has done.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> Result<FrameServerStats, String> {
        entry::call("FrameServer.stats", || Ok(self.server.stats().into()))
    }
}

/// Figures of the process's server since the process began, for all `FrameServer`s together.
#[napi(object, object_from_js = false)]
pub struct FrameServerStats {
    /// Requests whose head was read, whatever the answer.
    pub requests: f64,
    /// Frames, or single ranges of them, sent to their last byte.
    pub served_frames: f64,
    /// Bytes of frames handed to connections.
    pub bytes: f64,
    /// Requests answered with a status of 400 and above.
    pub refused: f64,
    /// Connections open now.
    pub active_connections: f64,
    /// Files registered now; 0 if this `FrameServer` is closed or never registered any.
    pub registered: f64,
}

impl From<ServerStats> for FrameServerStats {
    fn from(stats: ServerStats) -> Self {
        Self {
            requests: stats.requests as f64,
            served_frames: stats.frames as f64,
            bytes: stats.bytes as f64,
            refused: stats.refused as f64,
            active_connections: stats.connections as f64,
            registered: stats.registered as f64,
        }
    }
}
