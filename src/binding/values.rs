//! Values on their way: a data URI as a JavaScript string without a copy, the memory that V8 has to know of, an array as JavaScript gives it.

use std::cell::Cell;
use std::sync::Arc;

use napi::bindgen_prelude::{Array, FromNapiValue, ToNapiValue, TypeName, ValidateNapiValue};
use napi::{Env, Error, JsStringLatin1, Result, Status, ValueType, sys};

use super::boundary::Finalized;
use crate::cache::kept_bytes;
use crate::frame::{DataUri, live_bytes};

/// A data URI on its way to JavaScript.
pub(super) struct SharedString(pub(super) Arc<DataUri>);

impl ToNapiValue for SharedString {
    unsafe fn to_napi_value(raw: sys::napi_env, Self(uri): Self) -> Result<sys::napi_value> {
        let env = Env::from_raw(raw);
        let bytes = uri.as_bytes();
        let hint = Finalized::new("a string is collected", Arc::clone(&uri));
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

thread_local! {
    /// The figure that this thread's isolate has so far. An isolate stays on its thread, and Node makes one thread per isolate.
    static REPORTED: Cell<i64> = const { Cell::new(0) };
}

/// Brings the figure V8 has up to date.
///
/// V8 does not count the bytes of external strings as pressure: by itself it lets gigabytes of dropped frames lie
/// (`docs/frame-reading.md`). It is told here, whenever a get settles, and not where a string is finalized: that
/// happens inside the garbage collection, in which an addon had better not call anything. What collections have freed
/// since the last time goes into the same difference.
///
/// Told are the bytes that no cache keeps, those that only a collection can free. To count the kept ones as well would
/// start a collection for every 64 MB with which a cache fills, for nothing.
///
/// The figure is that of the whole process, and each isolate is told all of it. A frame that many strings share counts
/// once, as it is in memory once, and a worker that holds little has little to collect.
pub(super) fn report_memory(env: &Env) -> Result<()> {
    // The two are not read at one instant, so between threads the difference may be off for a moment.
    let loose = (live_bytes() - kept_bytes()).max(0);
    let change = loose - REPORTED.get();
    if change != 0 {
        env.adjust_external_memory(change)?;
        REPORTED.set(loose);
    }
    Ok(())
}

/// The members of an array. Grows with them, where napi's own conversion to a `Vec` makes room for the length that the array
/// claims: a sparse one of 2^32 - 1 claims 100 GB, and the allocator's refusal ends Node.
pub struct List<T>(pub(super) Vec<T>);

impl<T: FromNapiValue> FromNapiValue for List<T> {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        // SAFETY: the caller's promise: `value` is a live value of `env`, and this is its thread.
        let array = unsafe { Array::from_napi_value(env, value) }?;
        let mut members = Vec::new();
        for index in 0..array.len() {
            let member = array.get::<T>(index)?.ok_or_else(|| {
                Error::new(Status::InvalidArg, format!("there is nothing at index {index}"))
            })?;
            members.push(member);
        }
        Ok(Self(members))
    }
}

impl<T> TypeName for List<T> {
    fn type_name() -> &'static str {
        "Array"
    }

    fn value_type() -> ValueType {
        ValueType::Object
    }
}

impl<T: FromNapiValue> ValidateNapiValue for List<T> {
    unsafe fn validate(env: sys::napi_env, value: sys::napi_value) -> Result<sys::napi_value> {
        // SAFETY: the caller's promise, handed on.
        unsafe { Vec::<T>::validate(env, value) }
    }
}
