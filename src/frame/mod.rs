//! One frame: from a file on disk to a data URI.

mod buffer;
mod data_uri;
mod error;
mod file;
mod image;
mod inspect;
mod load;
#[cfg(target_os = "linux")]
mod sigbus;
#[cfg(target_os = "linux")]
mod sigbus_table;
#[cfg(test)]
mod tests;

pub(crate) use buffer::zeros;
pub use data_uri::{DataUri, DataUriWriter, live_bytes};
pub use error::FrameError;
pub use file::FrameVersion;
pub(crate) use file::open;
pub use image::{Defect, Dimensions, HEAD_LEN, ImageFormat, MediaType, TAIL_LEN, check, dimensions};
pub use inspect::{FrameInfo, inspect, same_bytes};
pub use load::{Encoded, Loaded, MappingPolicy, ReadFault, Source, load, read_frame};
#[cfg(target_os = "linux")]
pub use load::{MAPPING_THRESHOLD, map_frame};
