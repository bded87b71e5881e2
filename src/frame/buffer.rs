//! Memory for data URIs, used again.
//!
//! The general allocator gives large blocks back to the system on every free, so each frame would pay for fresh page faults,
//! which cost more than the encoding (`docs/frame-reading.md`). So large buffers are mapped and a few of them kept. A
//! global allocator that keeps blocks would do, too, but an addon is loaded and left by threads that come and go, which
//! mimalloc 3 does not survive where the first of them is a worker (`life-cycle.test.ts`).

use std::io;
use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use memmap2::MmapMut;

/// From this size on a buffer is mapped. Below it, the allocator's free lists serve.
const LEAST_MAPPED: usize = 128 * 1024;
/// Mapped buffers are a multiple of this long, so that frames of about the same size can follow each other in one.
const GRAIN: usize = 256 * 1024;
/// How many bytes of free buffers are kept for the next frames.
const MOST_FREE: usize = 32 * 1024 * 1024;

static FREE: Mutex<Vec<MmapMut>> = Mutex::new(Vec::new());

/// A chunk of memory of a given length. Its bytes are initialised, but with whatever was there before.
#[derive(Debug)]
pub(super) struct Buffer {
    memory: Memory,
    len: usize,
}

#[derive(Debug)]
enum Memory {
    Heap(Vec<u8>),
    Mapped(MmapMut),
}

impl Buffer {
    /// A buffer of `len` bytes.
    ///
    /// # Errors
    /// If a large one is not to be had: the allocator's own answer to that is to end the process.
    pub(super) fn take(len: usize) -> io::Result<Self> {
        let memory = if len < LEAST_MAPPED {
            Memory::Heap(vec![0; len])
        } else {
            let size = len.next_multiple_of(GRAIN);
            match take_free(size).or_else(|| MmapMut::map_anon(size).ok()) {
                Some(map) => {
                    poison::used(&map, len);
                    Memory::Mapped(map)
                }
                // No mapping is to be had, perhaps for their number; the allocator may have room yet.
                None => Memory::Heap(zeros(len)?),
            }
        };
        Ok(Self { memory, len })
    }
}

/// So many zero bytes from the allocator.
///
/// # Errors
/// If it has not got them.
pub(crate) fn zeros(len: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(len)?;
    bytes.resize(len, 0);
    Ok(bytes)
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match &self.memory {
            Memory::Heap(bytes) => bytes,
            Memory::Mapped(map) => &map[..self.len],
        }
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        match &mut self.memory {
            Memory::Heap(bytes) => bytes,
            Memory::Mapped(map) => &mut map[..self.len],
        }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Memory::Mapped(map) = mem::replace(&mut self.memory, Memory::Heap(Vec::new())) {
            poison::unused(&map);
            keep_free(map);
        }
    }
}

/// A free buffer of `size` bytes or up to a quarter more.
fn take_free(size: usize) -> Option<MmapMut> {
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    let fitting = free
        .iter()
        .position(|map| (size..=size + size / 4).contains(&map.len()))?;
    Some(free.remove(fitting))
}

/// Keeps a buffer that is no longer used, in the place of those that were not used for longest.
fn keep_free(map: MmapMut) {
    if map.len() > MOST_FREE {
        poison::unmapped(&map);
        return;
    }
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    free.push(map);
    let mut bytes: usize = free.iter().map(|map| map.len()).sum();
    let surplus = free
        .iter()
        .take_while(|map| {
            let over = bytes > MOST_FREE;
            bytes -= map.len();
            over
        })
        .count();
    let dropped: Vec<_> = free.drain(..surplus).collect();
    // Unmapping takes its time; others need not wait for it.
    drop(free);
    for map in &dropped {
        poison::unmapped(map);
    }
    drop(dropped);
}

/// AddressSanitizer watches what an allocator gives and takes, and knows nothing of buffers that are used again. In its build
/// (`npm run test:asan`) it is told; in all others these do nothing.
mod poison {
    use memmap2::MmapMut;

    #[cfg(hf_asan)]
    unsafe extern "C" {
        fn __asan_poison_memory_region(start: *const u8, len: usize);
        fn __asan_unpoison_memory_region(start: *const u8, len: usize);
    }

    /// The first `len` bytes are in use, those behind them are nobody's.
    pub(super) fn used(map: &MmapMut, len: usize) {
        unmapped(map);
        poison(&map[len..]);
    }

    /// Nobody may touch it.
    pub(super) fn unused(map: &MmapMut) {
        poison(map);
    }

    /// About to go back to the system, which may put anything there.
    pub(super) fn unmapped(map: &MmapMut) {
        #[cfg(hf_asan)]
        // SAFETY: a range that is mapped, and mapped by us.
        unsafe {
            __asan_unpoison_memory_region(map.as_ptr(), map.len());
        }
        #[cfg(not(hf_asan))]
        let _ = map;
    }

    fn poison(range: &[u8]) {
        #[cfg(hf_asan)]
        // SAFETY: as above; that it is not touched any more is what the sanitizer is to check.
        unsafe {
            __asan_poison_memory_region(range.as_ptr(), range.len());
        }
        #[cfg(not(hf_asan))]
        let _ = range;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free_bytes() -> usize {
        FREE.lock().unwrap().iter().map(|map| map.len()).sum()
    }

    #[test]
    fn has_the_length_asked_for() {
        for len in [0, 1, LEAST_MAPPED - 1, LEAST_MAPPED, GRAIN + 1, 3 * GRAIN] {
            let mut buffer = Buffer::take(len).expect("there is memory");
            assert_eq!(buffer.len(), len);
            buffer.fill(7);
            assert!(buffer[..] == vec![7; len]);
        }
    }

    #[test]
    fn keeps_no_more_than_the_bound() {
        let buffers: Vec<_> = (0..20)
            .map(|_| Buffer::take(MOST_FREE / 8).expect("there is memory"))
            .collect();
        drop(buffers);
        assert!(free_bytes() <= MOST_FREE);
        drop(Buffer::take(2 * MOST_FREE).expect("there is memory"));
        assert!(free_bytes() <= MOST_FREE);
    }

    #[test]
    fn serves_what_is_a_little_smaller() {
        // A size of this test's own: others take and give back meanwhile.
        let size = 77 * GRAIN;
        let map = MmapMut::map_anon(size).unwrap();
        let address = map.as_ptr();
        keep_free(map);
        assert!(take_free(size - 30 * GRAIN).is_none());
        assert_eq!(take_free(size - GRAIN).map(|map| map.as_ptr()), Some(address));
    }
}
