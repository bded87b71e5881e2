//! The native half of `hyperframes-native`: frames on disk become base64 data URIs, kept in a bounded cache, or are
//! handed to Chrome as files over loopback HTTP.
//!
//! [`frame`] turns one file into one [`frame::DataUri`], [`cache`] keeps and shares them, [`serve`] is the HTTP server.
//! None knows of Node; the addon around them is behind the feature `binding`.

#![cfg_attr(
    all(test, feature = "model"),
    allow(
        dead_code,
        unused_imports,
        reason = "the models run neither sockets nor most of the tests"
    )
)]

mod answer;
pub mod cache;
mod contained;
mod fault;
pub mod frame;
pub mod serve;
mod sync;

#[cfg(feature = "binding")]
mod binding;

#[cfg(test)]
mod testing;
