//! An array as JavaScript gives it.

use napi::bindgen_prelude::{Array, FromNapiValue, TypeName, ValidateNapiValue};
use napi::{Error, Result, Status, ValueType, sys};

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
