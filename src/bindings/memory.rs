//! Memory for a wasm, which has one thread: lists of free blocks, one for each power of two, over a heap that only grows.
//! Half the size of the smallest allocator there is, and nothing is searched for.

use core::arch::wasm32::{memory_grow, memory_size};
use core::ptr::null_mut;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;

/// The smallest block, in octets: aligned for whatever the crates allocate.
const SMALLEST: usize = 16;

/// In octets.
const PAGE: usize = 65_536;

/// The allocator.
pub struct Blocks(UnsafeCell<State>);

struct State {
    /// The first free block of each size: it holds the address of the next one.
    free: [*mut u8; 32],
    /// The end of the heap that was handed out so far; 0 at first.
    end: usize,
}

// There is one thread.
unsafe impl Sync for Blocks {}

impl Blocks {
    pub const fn new() -> Self {
        Self(UnsafeCell::new(State { free: [null_mut(); 32], end: 0 }))
    }
}

/// The power of two that `size` octets fit in.
fn power(size: usize) -> usize {
    (usize::BITS - (size.max(SMALLEST) - 1).leading_zeros()) as usize
}

impl State {
    /// More of the heap, or none where the browser has no more.
    fn grow(&mut self, size: usize) -> *mut u8 {
        unsafe extern "C" {
            static __heap_base: u8;
        }
        let block = if self.end == 0 {
            (&raw const __heap_base as usize).next_multiple_of(SMALLEST)
        } else {
            self.end
        };
        let Some(end) = block.checked_add(size) else { return null_mut() };
        let there = memory_size::<0>() * PAGE;
        if end > there && memory_grow::<0>((end - there).div_ceil(PAGE)) == usize::MAX {
            return null_mut();
        }
        self.end = end;
        block as *mut u8
    }
}

unsafe impl GlobalAlloc for Blocks {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let state = unsafe { &mut *self.0.get() };
        let power = power(layout.size());
        match state.free.get_mut(power) {
            Some(free) if !free.is_null() => {
                let block = *free;
                *free = unsafe { *block.cast() };
                block
            }
            _ => state.grow(1 << power),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let state = unsafe { &mut *self.0.get() };
        if let Some(free) = state.free.get_mut(power(layout.size())) {
            unsafe { *block.cast() = *free };
            *free = block;
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if power(layout.size()) == power(size) {
            return block;
        }
        unsafe {
            let other = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !other.is_null() {
                other.copy_from_nonoverlapping(block, size.min(layout.size()));
                self.dealloc(block, layout);
            }
            other
        }
    }
}
