//! Where JavaScript comes in, and where outcomes go back: no panic gets out of here.
//!
//! napi's own `catch_unwind` covers what is around: the conversion of arguments and of values returned at once.

use std::ops::Deref;
use std::path::Path;

use napi::bindgen_prelude::{Object, ToNapiValue};
use napi::{Env, Error, Result, sys};

use super::error;
use crate::callback::{Callback, catch_panic};
use crate::fault::{Point, panic_at};
use crate::frame::FrameError;
use crate::server::ServerError;

/// Makes a value on the JavaScript thread.
type Settle = Box<dyn FnOnce(Env) -> Result<sys::napi_value> + Send>;

/// A call that returns at once. A panic is thrown as an `Error` with the code `INTERNAL`.
pub(super) fn call<T>(point: &str, body: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let outcome = catch_panic(|| {
        panic_at(point);
        body()
    });
    outcome.unwrap_or_else(|message| {
        let message = format!("internal error: {message}");
        Err(Error::new("INTERNAL".to_owned(), message))
    })
}

/// An error of napi's with its status as the code.
pub(super) fn of_napi(error: Error) -> Error<String> {
    Error::new(error.status.to_string(), error.reason.clone())
}

/// A call that returns a promise. `start` has the outcome given later, and `settle` makes of it what JavaScript gets. Whatever
/// panics on the way, or drops the callback, the promise is rejected with the code `INTERNAL`, or with that of the outcome that the
/// core has for the case. The two points are where a test makes one panic.
pub(super) fn promise<'env, T, E, V>(
    env: &'env Env,
    [point, settling]: [&'static str; 2],
    start: impl FnOnce(Callback<std::result::Result<T, E>>),
    settle: impl FnOnce(&Env, T) -> Result<V> + Send + 'static,
) -> Result<Object<'env>, String>
where
    T: Send + 'static,
    E: From<FrameError> + Into<ServerError> + Send + 'static,
    V: ToNapiValue,
{
    let (deferred, promise) = env
        .create_deferred::<sys::napi_value, Settle>()
        .map_err(of_napi)?;
    let settling = Point::new(settling);
    let callback = Callback::new(
        move |outcome: std::result::Result<T, E>| {
            deferred.resolve(Box::new(move |env| {
                // This runs in a callback of napi's out of which a panic would end the process.
                let settled = catch_panic(|| {
                    settling.pass();
                    let outcome = outcome.map_err(|fault| error::of(&env, &fault.into()))?;
                    let value = settle(&env, outcome)?;
                    // SAFETY: `env` is the one that napi calls this with, on the thread that it belongs to.
                    unsafe { V::to_napi_value(env.raw(), value) }
                });
                settled.unwrap_or_else(|message| Err(error::internal(&env, &message)))
            }));
        },
        || Err(FrameError::unanswered(Path::new("")).into()),
    );
    // A panic has dropped the callback, which rejects the promise: to throw as well would leave that rejection to nobody.
    let _ = catch_panic(|| {
        panic_at(point);
        start(callback);
    });
    Ok(promise)
}

/// Something that the garbage collector drops, in a callback of Node's out of which a panic would end the process.
pub(super) struct Finalized<T> {
    point: Point,
    /// There until it is dropped.
    inner: Option<T>,
}

impl<T> Finalized<T> {
    /// `point` is where a test makes the drop panic.
    pub(super) const fn new(point: &'static str, inner: T) -> Self {
        Self {
            point: Point::new(point),
            inner: Some(inner),
        }
    }
}

impl<T> Deref for Finalized<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.inner.as_ref().expect("only `drop` takes it")
    }
}

impl<T> Drop for Finalized<T> {
    fn drop(&mut self) {
        let inner = self.inner.take();
        // There is nobody to tell; std's hook has printed it.
        let _ = catch_panic(|| {
            drop(inner);
            self.point.pass();
        });
    }
}
