//! The native half of `hyperframes-native`: frames on disk become base64 data URIs, kept in a bounded cache, or are
//! handed to Chrome as files over loopback HTTP.
//!
//! [`frame`] turns one file into one [`frame::DataUri`], [`cache`] keeps and shares them, [`server`] is the HTTP server.
//! None knows of Node; the addon around them is behind the feature `binding`.

pub mod cache;
pub mod callback;
mod fault;
pub mod frame;
pub mod server;

#[cfg(feature = "binding")]
mod binding;

#[cfg(test)]
mod testing;
