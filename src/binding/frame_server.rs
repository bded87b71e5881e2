//! The frame server for JavaScript.

use std::ffi::OsString;
use std::path::PathBuf;

use napi::bindgen_prelude::Object;
use napi::{Env, Result};
use napi_derive::napi;

use super::boundary::{self, Finalized};
use super::types::FrameServerStats;
use super::values::List;
use crate::server::FrameServer;

/// Hands frame files to a browser over HTTP on 127.0.0.1, from a thread that Node's event loop cannot hold up.
///
/// Making one starts nothing. The one server of the process starts with the first `register` and stops, its port free,
/// soon after the last `FrameServer` that registered something is closed or collected. It keeps no process alive; a pending `register`
/// does, until it settles.
#[napi(js_name = "FrameServer")]
pub struct JsFrameServer {
    server: Finalized<FrameServer>,
}

#[napi]
impl JsFrameServer {
    /// A handle with nothing registered.
    #[napi(constructor, catch_unwind)]
    pub fn new() -> Result<Self, String> {
        boundary::call("FrameServer.constructor", || {
            Ok(Self {
                server: Finalized::new("FrameServer is collected", FrameServer::new()),
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
        boundary::promise(
            env,
            ["FrameServer.register", "FrameServer.register settles"],
            |callback| {
                let paths = paths.0.into_iter().map(PathBuf::from).collect();
                self.server.register(paths, callback);
            },
            |_, urls| Ok(urls),
        )
    }

    /// Takes files off the server by their URLs. What this `FrameServer` did not register is left alone. A response
    /// under way is finished.
    #[napi(catch_unwind, ts_args_type = "urls: Array<string>")]
    pub fn unregister(&self, urls: List<String>) -> Result<(), String> {
        boundary::call("FrameServer.unregister", || {
            self.server.unregister(urls.0.iter().map(String::as_str));
            Ok(())
        })
    }

    /// Takes all files of this `FrameServer` off the server, and stops the server unless another one uses it. A later
    /// `register` rejects; closing twice does nothing.
    #[napi(catch_unwind)]
    pub fn close(&self) -> Result<(), String> {
        boundary::call("FrameServer.close", || {
            self.server.close();
            Ok(())
        })
    }

    /// Figures of the server.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> Result<FrameServerStats, String> {
        boundary::call("FrameServer.stats", || Ok(self.server.stats().into()))
    }
}
