//! The Node addon: a thin skin over [`crate::cache`] and [`crate::server`].

mod boundary;
mod error;
mod frame_cache;
mod frame_server;
mod types;
mod values;
