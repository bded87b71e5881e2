//! Where JavaScript comes in, and where answers go back: no panic gets out of here.
//!
//! napi's own `catch_unwind` covers what is around: the conversion of arguments and of values returned at once.

use napi::bindgen_prelude::{Object, ToNapiValue};
use napi::{Env, Error, Result, sys};

use super::error;
use crate::answer::Answer;
use crate::contained::contained;
use crate::fault::panic_at;

/// Makes a value on the JavaScript thread.
type Settle = Box<dyn FnOnce(Env) -> Result<sys::napi_value> + Send>;
/// Gives the outcome of a call, from any thread.
pub(super) type Give<O> = Box<dyn FnOnce(O) + Send>;

/// A call that returns at once. A panic is thrown as an `Error` with the code `INTERNAL`.
pub(super) fn call<T>(point: &str, body: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let outcome = contained(|| {
        panic_at(point);
        body()
    });
    outcome.unwrap_or_else(|reason| {
        let message = format!("internal error: {reason}");
        Err(Error::new("INTERNAL".to_owned(), message))
    })
}

/// An error of napi's with its status as the code.
pub(super) fn of_napi(error: Error) -> Error<String> {
    Error::new(error.status.to_string(), error.reason.clone())
}

/// A call that returns a promise. `start` has the outcome given later, and `settle` makes of it what JavaScript gets. Whatever
/// panics on the way, or forgets to give, the promise is rejected with the code `INTERNAL`. The two points are where a test makes
/// one panic.
pub(super) fn promise<'env, O, T>(
    env: &'env Env,
    [point, settling]: [&'static str; 2],
    start: impl FnOnce(Give<O>),
    settle: impl FnOnce(&Env, O) -> Result<T> + Send + 'static,
) -> Result<Object<'env>, String>
where
    O: Send + 'static,
    T: ToNapiValue,
{
    let (deferred, promise) = env
        .create_deferred::<sys::napi_value, Settle>()
        .map_err(of_napi)?;
    let answer = Answer::new(
        move |outcome: Option<O>| {
            deferred.resolve(Box::new(move |env| {
                // This runs in a callback of napi's out of which a panic would end the process.
                let made = contained(|| {
                    let Some(outcome) = outcome else {
                        return Err(error::internal(&env, "the call was dropped without an answer"));
                    };
                    panic_at(settling);
                    let value = settle(&env, outcome)?;
                    // SAFETY: `env` is the one that napi calls this with, on the thread that it belongs to.
                    unsafe { T::to_napi_value(env.raw(), value) }
                });
                made.unwrap_or_else(|reason| Err(error::internal(&env, &reason)))
            }));
        },
        || None,
    );
    let give: Give<O> = Box::new(move |outcome| answer.give(Some(outcome)));
    // A panic has dropped `give`, which rejects the promise: to throw as well would leave that rejection to nobody.
    let _ = contained(|| {
        panic_at(point);
        start(give);
    });
    Ok(promise)
}
