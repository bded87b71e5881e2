//! A [`FrameError`] as a JavaScript `Error`.

use napi::bindgen_prelude::JsObjectValue;
use napi::{Env, Error, JsValue, PropertyAttributes, Result, Status};

use super::warning::FrameWarning;
use crate::frame::FrameError;

/// The napi error that rejects a promise with a real `Error` with the own properties `name`, `code`, `path` and `advice`.
pub(super) fn to_js(env: &Env, error: &FrameError) -> Error {
    build(env, error).unwrap_or_else(|fault| fault)
}

fn build(env: &Env, error: &FrameError) -> Result<Error> {
    let FrameWarning {
        code,
        path,
        message,
        advice,
    } = error.into();
    let mut object = env.create_error(Error::new(Status::GenericFailure, message))?;
    // Not enumerable, as `Error`'s own `name` is.
    let name = napi::Property::new()
        .with_utf8_name("name")?
        .with_value(&env.create_string("FrameError")?)
        .with_property_attributes(PropertyAttributes::Writable | PropertyAttributes::Configurable);
    object.define_properties(&[name])?;
    object.set_named_property("code", code)?;
    object.set_named_property("path", path)?;
    object.set_named_property("advice", advice)?;
    Ok(Error::from(object.to_unknown()))
}
