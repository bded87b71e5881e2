//! The class.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use napi::bindgen_prelude::Object;
use napi::{Env, Error, Result};
use napi_derive::napi;

use super::frame_info::FrameInfo;
use super::options::FrameCacheOptions;
use super::stats::FrameCacheStats;
use super::warning::FrameWarning;
use super::{error, external_memory, js_string::SharedString};
use crate::cache::FrameCache;

type SettleInfos = Box<dyn FnOnce(Env) -> Result<Vec<FrameInfo>>>;
type Settle = Box<dyn FnOnce(Env) -> Result<SharedString>>;

/// Turns image files into base64 data URIs and keeps the most recently used.
///
/// Making one starts no thread and reads nothing. There is nothing to close: the frames go with the last cache of
/// equal options, and neither a cache nor its threads keep a process alive; a pending `get` does, until it settles.
#[napi(js_name = "FrameCache")]
pub struct JsFrameCache {
    cache: FrameCache,
}

#[napi]
impl JsFrameCache {
    /// Throws an `Error` with the code `INVALID_OPTION` if an option is out of its range.
    #[napi(constructor, catch_unwind)]
    pub fn new(options: Option<FrameCacheOptions>) -> Result<Self, String> {
        let options = options.unwrap_or_default().validated()?;
        Ok(Self {
            cache: FrameCache::new(options),
        })
    }

    /// The frame at `path` as `data:image/png;base64,...` if `path` ends in `.png`, and as `data:image/jpeg;base64,...`
    /// otherwise, whatever its bytes. Files are read and encoded on threads of their own. A file that was replaced
    /// since it was kept is read again; gets of one file at one time read it once.
    ///
    /// Rejects with an `Error` named `FrameError` with the properties `code`, `path` and `advice`. Its code is
    /// `FRAME_NOT_FOUND`, `FRAME_UNREADABLE`, `FRAME_IS_DIRECTORY` (these begin with the words of Node's own
    /// messages), `FRAME_CHANGED` (while it was being read), `FRAME_TOO_LARGE` (for a JavaScript string), `INTERNAL`, or, if
    /// `strict`, `FRAME_EMPTY`, `FRAME_NOT_AN_IMAGE` or `FRAME_CUT_SHORT`.
    #[napi(
        catch_unwind,
        ts_args_type = "path: string",
        ts_return_type = "Promise<string>"
    )]
    pub fn get<'env>(&self, env: &'env Env, path: OsString) -> Result<Object<'env>> {
        let (deferred, promise) = env.create_deferred::<SharedString, Settle>()?;
        self.cache.get(PathBuf::from(path), move |outcome| {
            deferred.resolve(Box::new(move |env| {
                guarded(|| {
                    external_memory::report(&env)?;
                    let frame = outcome.map_err(|fault| error::to_js(&env, &fault))?;
                    Ok(SharedString(frame.uri))
                })
            }));
        });
        Ok(promise)
    }

    /// What is known of the files at `paths` without decoding them, in their order. They are looked at on threads of
    /// their own, and the system is asked to have their bytes ready.
    ///
    /// Rejects as `get` does, with the error of the first file that has one. What `strict` makes an error is a warning
    /// for `takeWarnings()` otherwise.
    #[napi(
        catch_unwind,
        ts_args_type = "paths: Array<string>",
        ts_return_type = "Promise<Array<FrameInfo>>"
    )]
    pub fn inspect<'env>(&self, env: &'env Env, paths: Vec<OsString>) -> Result<Object<'env>> {
        let (deferred, promise) = env.create_deferred::<Vec<FrameInfo>, SettleInfos>()?;
        let paths = paths.into_iter().map(PathBuf::from).collect();
        self.cache.inspect(paths, move |outcome| {
            deferred.resolve(Box::new(move |env| {
                guarded(|| {
                    let infos = outcome.map_err(|fault| error::to_js(&env, &fault))?;
                    Ok(infos.into_iter().map(FrameInfo::from).collect())
                })
            }));
        });
        Ok(promise)
    }

    /// What the cache has done.
    #[napi(catch_unwind)]
    pub fn stats(&self, env: &Env) -> Result<FrameCacheStats> {
        external_memory::report(env)?;
        Ok(self.cache.stats().into())
    }

    /// The frames this cache passed on although they are empty, no image or cut short, since the last call, oldest
    /// first. Each path is reported once, and at most 256 of them. In strict mode these are errors instead.
    #[napi(catch_unwind)]
    pub fn take_warnings(&self) -> Vec<FrameWarning> {
        self.cache
            .take_warnings()
            .iter()
            .map(FrameWarning::from)
            .collect()
    }
}

/// Settling runs on the JavaScript thread, in a callback of napi's out of which a panic would end the process.
fn guarded<T>(settle: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(settle))
        .unwrap_or_else(|_| Err(Error::from_reason("panic while a frame was handed over")))
}
