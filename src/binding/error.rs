//! Errors as JavaScript gets them: real `Error`s with own properties.

use napi::bindgen_prelude::JsObjectValue;
use napi::{Env, Error, JsValue, Property, PropertyAttributes, Result, Status};

use crate::frame::FrameError;
use crate::server::ServerError;

/// The napi error that rejects a promise: a `FrameError` with the own properties `code`, `path` and `advice` where a file is to blame, a
/// `FrameServerError` without `path` otherwise.
pub(super) fn of(env: &Env, error: &ServerError) -> Error {
    let (name, path) = match error {
        // One that names no file is a fault of this library.
        ServerError::Frame(error) if error.code() == "INTERNAL" && error.path().as_os_str().is_empty() => {
            ("FrameError", None)
        }
        ServerError::Frame(error) => ("FrameError", Some(error.path().to_string_lossy())),
        ServerError::Unavailable { .. } => ("FrameServerError", None),
    };
    build(
        env,
        name,
        &error.to_string(),
        error.code(),
        path.as_deref(),
        error.advice(),
    )
}

/// A fault of this library that no frame is to blame for: a `FrameError` without `path`.
pub(super) fn internal(env: &Env, message: &str) -> Error {
    let message = format!("internal error: {message}");
    build(
        env,
        "FrameError",
        &message,
        "INTERNAL",
        None,
        FrameError::INTERNAL_ADVICE,
    )
}

fn build(env: &Env, name: &str, message: &str, code: &str, path: Option<&str>, advice: &str) -> Error {
    let built = || -> Result<Error> {
        let mut object = env.create_error(Error::new(Status::GenericFailure, message))?;
        // Not enumerable, as `Error`'s own `name` is.
        let name = Property::new()
            .with_utf8_name("name")?
            .with_value(&env.create_string(name)?)
            .with_property_attributes(PropertyAttributes::Writable | PropertyAttributes::Configurable);
        object.define_properties(&[name])?;
        object.set_named_property("code", code)?;
        if let Some(path) = path {
            object.set_named_property("path", path)?;
        }
        object.set_named_property("advice", advice)?;
        Ok(Error::from(object.to_unknown()))
    };
    built().unwrap_or_else(|fault| fault)
}
