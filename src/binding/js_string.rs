//! A data URI as a JavaScript string, without a copy.

use std::sync::Arc;

use napi::bindgen_prelude::ToNapiValue;
use napi::{Env, JsStringLatin1, Result, sys};

use super::collected::Collected;
use crate::frame::DataUri;

/// A data URI on its way to JavaScript.
pub(super) struct SharedString(pub(super) Arc<DataUri>);

impl ToNapiValue for SharedString {
    unsafe fn to_napi_value(raw: sys::napi_env, Self(uri): Self) -> Result<sys::napi_value> {
        let env = Env::from_raw(raw);
        let bytes = uri.as_bytes();
        let hint = Collected::new("a string is collected", Arc::clone(&uri));
        // A reference too few, for `npm run test:asan` to see that the sanitizer finds it.
        #[cfg(hf_asan)]
        if std::env::var_os("HYPERFRAMES_NATIVE_FAULT_ASAN").is_some() {
            // SAFETY: there is none; the string outlives its bytes.
            drop(unsafe { Arc::from_raw(Arc::as_ptr(&uri)) });
        }
        // SAFETY: the hint keeps the bytes alive, in place and unchanged until the finalizer drops it: nothing writes to a
        // `DataUri`, and its buffer is used again only after the last reference to it is gone. napi runs the finalizer
        // exactly once: when V8 frees the string, when the environment ends (no JavaScript of it runs any more by then), at
        // once if V8 made a copy, or before it returns an error. It is run inside a garbage collection, touches neither
        // `env` nor JavaScript, and takes no lock under which this library calls V8.
        let external = unsafe {
            JsStringLatin1::from_external(&env, bytes.as_ptr(), bytes.len(), hint, |_, hint| drop(hint))
        };
        let string = match external {
            Ok(string) => string.into_value(),
            // A host without external strings, such as an older Bun.
            Err(_) => env.create_string_latin1(bytes)?,
        };
        // SAFETY: `raw` is the environment the string was made in.
        unsafe { ToNapiValue::to_napi_value(raw, string) }
    }
}
