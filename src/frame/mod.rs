//! One frame: from a file on disk to a data URI.

mod buffer;
mod check;
mod data_uri;
mod dimensions;
mod error;
mod inspect;
mod io_fault;
mod load;
#[cfg(target_os = "linux")]
mod mapping;
mod media_type;
mod read;
mod same;
#[cfg(target_os = "linux")]
mod sigbus;
// Loom's atomics work in a model alone.
#[cfg(all(test, not(feature = "model")))]
mod tests;
mod version;
#[cfg(target_os = "linux")]
mod watched;

pub(crate) use buffer::zeros;
pub use check::{FrameDoubt, ImageFormat, TAIL_LEN, check};
pub use data_uri::{DataUri, DataUriWriter, live_bytes};
pub use dimensions::{Dimensions, HEAD_LEN, dimensions};
pub use error::FrameError;
pub use inspect::{FrameInfo, inspect};
pub use io_fault::IoFault;
pub use load::{Loaded, MappingPolicy, Source, load};
pub(crate) use load::{open, version_of_file};
#[cfg(target_os = "linux")]
pub use mapping::{MAPPING_THRESHOLD, map_frame};
pub use media_type::MediaType;
pub use read::{Encoded, ReadFault, read_frame};
pub use same::same_bytes;
pub use version::FrameVersion;
