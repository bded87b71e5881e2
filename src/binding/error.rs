//! Errors as JavaScript gets them: real `Error`s with own properties.

use napi::bindgen_prelude::JsObjectValue;
use napi::{Env, Error, JsValue, PropertyAttributes, Result, Status};

use super::warning::FrameWarning;
use crate::frame::FrameError;
use crate::serve::ServeError;

/// The napi error that rejects a promise with an `Error` with the own properties `name`, `code`, `path` and `advice`.
pub(super) fn of_frame(env: &Env, error: &FrameError) -> Error {
    let FrameWarning {
        code,
        path,
        message,
        advice,
    } = error.into();
    let own = [("code", &*code), ("path", &*path), ("advice", &*advice)];
    build(env, "FrameError", &message, &own).unwrap_or_else(|fault| fault)
}

/// The same for the frame server: a `FrameError` where a file is to blame, a `FrameServerError` without `path` otherwise.
pub(super) fn of_server(env: &Env, error: &ServeError) -> Error {
    match error {
        ServeError::Frame(error) => of_frame(env, error),
        ServeError::Unavailable { .. } => {
            let own = [("code", error.code()), ("advice", error.advice())];
            build(env, "FrameServerError", &error.to_string(), &own).unwrap_or_else(|fault| fault)
        }
    }
}

/// A fault of ours that no frame is to blame for: a `FrameError` without `path`.
pub(super) fn internal(env: &Env, reason: &str) -> Error {
    let message = format!("internal error: {reason}");
    let own = [("code", "INTERNAL"), ("advice", FrameError::INTERNAL_ADVICE)];
    build(env, "FrameError", &message, &own).unwrap_or_else(|fault| fault)
}

fn build(env: &Env, name: &str, message: &str, own: &[(&str, &str)]) -> Result<Error> {
    let mut object = env.create_error(Error::new(Status::GenericFailure, message))?;
    // Not enumerable, as `Error`'s own `name` is.
    let name = napi::Property::new()
        .with_utf8_name("name")?
        .with_value(&env.create_string(name)?)
        .with_property_attributes(PropertyAttributes::Writable | PropertyAttributes::Configurable);
    object.define_properties(&[name])?;
    for (key, value) in own {
        object.set_named_property(key, *value)?;
    }
    Ok(Error::from(object.to_unknown()))
}
