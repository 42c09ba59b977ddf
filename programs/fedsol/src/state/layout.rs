//! What accounts look like in bytes: as Borsh writes them, read and written at a fraction of its compute units.
//!
//! Borsh checks, for each field anew, whether there are bytes left. Here a struct checks that once, for all of its leading
//! fields whose length never changes: so fields of changing length (`AggregationRule`, `Option`, `String`) come last.

use anchor_lang::prelude::*;
use core::mem::{self, MaybeUninit};

pub mod account;

/// A type that accounts are made of.
pub trait Layout: Sized {
    /// Bytes that every value has at least.
    const LEAST: usize;
    /// Whether every value has as many.
    const FIXED: bool;

    /// Reads a value and goes past it. `None`: there is none.
    fn read(from: &mut &[u8]) -> Option<Self>;

    /// The same, to where the value will stay: so it is not copied on the way. `None`: nothing whole is there.
    #[inline(always)]
    fn read_into(from: &mut &[u8], to: &mut MaybeUninit<Self>) -> Option<()> {
        to.write(Self::read(from)?);
        Some(())
    }

    /// Writes it and goes past it. `None`: there is no room.
    fn write(&self, to: &mut &mut [u8]) -> Option<()>;
}

/// Takes so many bytes.
#[inline(always)]
pub fn take<'a, const N: usize>(from: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (head, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(head)
}

/// Takes room for so many bytes.
#[inline(always)]
pub fn room<'a, const N: usize>(to: &mut &'a mut [u8]) -> Option<&'a mut [u8; N]> {
    let (head, rest) = mem::take(to).split_first_chunk_mut()?;
    *to = rest;
    Some(head)
}

macro_rules! integers {
    ($($ty:ty)*) => {$(
        impl Layout for $ty {
            const LEAST: usize = mem::size_of::<$ty>();
            const FIXED: bool = true;

            #[inline(always)]
            fn read(from: &mut &[u8]) -> Option<Self> {
                take(from).map(|bytes| Self::from_le_bytes(*bytes))
            }

            #[inline(always)]
            fn write(&self, to: &mut &mut [u8]) -> Option<()> {
                *room(to)? = self.to_le_bytes();
                Some(())
            }
        }
    )*};
}

integers!(u8 u16 u32 u64 i64);

impl Layout for bool {
    const LEAST: usize = 1;
    const FIXED: bool = true;

    #[inline(always)]
    fn read(from: &mut &[u8]) -> Option<Self> {
        match u8::read(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    #[inline(always)]
    fn write(&self, to: &mut &mut [u8]) -> Option<()> {
        u8::from(*self).write(to)
    }
}

impl Layout for Pubkey {
    const LEAST: usize = 32;
    const FIXED: bool = true;

    #[inline(always)]
    fn read(from: &mut &[u8]) -> Option<Self> {
        take(from).map(|bytes| Self::new_from_array(*bytes))
    }

    #[inline(always)]
    fn write(&self, to: &mut &mut [u8]) -> Option<()> {
        *room(to)? = self.to_bytes();
        Some(())
    }
}

impl<const N: usize> Layout for [u8; N] {
    const LEAST: usize = N;
    const FIXED: bool = true;

    #[inline(always)]
    fn read(from: &mut &[u8]) -> Option<Self> {
        take(from).copied()
    }

    #[inline(always)]
    fn write(&self, to: &mut &mut [u8]) -> Option<()> {
        *room(to)? = *self;
        Some(())
    }
}

/// Arrays of what is not a byte.
#[macro_export]
macro_rules! array_layout {
    ($item:ty; $count:expr) => {
        impl $crate::state::Layout for [$item; $count] {
            const LEAST: usize = <$item as $crate::state::Layout>::LEAST.saturating_mul($count);
            const FIXED: bool = <$item as $crate::state::Layout>::FIXED;

            #[inline(always)]
            fn read(from: &mut &[u8]) -> Option<Self> {
                let mut items = [<$item>::default(); $count];
                for item in &mut items {
                    *item = <$item as $crate::state::Layout>::read(from)?;
                }
                Some(items)
            }

            #[inline(always)]
            fn write(&self, to: &mut &mut [u8]) -> Option<()> {
                self.iter().try_for_each(|item| $crate::state::Layout::write(item, to))
            }
        }
    };
}

/// Types that Borsh reads and writes: enums of one byte, and what has no fixed length.
#[macro_export]
macro_rules! borsh_layout {
    ($ty:ty, one byte) => {
        impl $crate::state::Layout for $ty {
            const LEAST: usize = 1;
            const FIXED: bool = true;

            #[inline(always)]
            fn read(from: &mut &[u8]) -> Option<Self> {
                let byte: &[u8; 1] = $crate::state::layout::take(from)?;
                AnchorDeserialize::try_from_slice(byte).ok()
            }

            #[inline(always)]
            fn write(&self, to: &mut &mut [u8]) -> Option<()> {
                let byte: &mut [u8; 1] = $crate::state::layout::room(to)?;
                AnchorSerialize::serialize(self, &mut byte.as_mut_slice()).ok()
            }
        }
    };
    ($ty:ty) => {
        impl $crate::state::Layout for $ty {
            const LEAST: usize = 1;
            const FIXED: bool = false;

            fn read(from: &mut &[u8]) -> Option<Self> {
                AnchorDeserialize::deserialize(from).ok()
            }

            fn write(&self, to: &mut &mut [u8]) -> Option<()> {
                AnchorSerialize::serialize(self, to).ok()
            }
        }
    };
}

borsh_layout!(String);

/// A struct, read and written field by field.
#[macro_export]
macro_rules! struct_layout {
    ($(#[$meta:meta])* pub struct $name:ident { $($fields:tt)* }) => {
        #[derive(AnchorSerialize, AnchorDeserialize, InitSpace, Clone)]
        $(#[$meta])*
        pub struct $name { $($fields)* }

        $crate::struct_layout! { @fields of $name: $($fields)* }
    };
    (@fields of $name:ident: $($(#[$about:meta])* pub $field:ident: $ty:ty,)*) => {
        impl $crate::state::Layout for $name {
            const LEAST: usize = {
                let (mut least, mut fixed) = (0usize, true);
                $(
                    if fixed {
                        least = least.saturating_add(<$ty as $crate::state::Layout>::LEAST);
                        fixed = <$ty as $crate::state::Layout>::FIXED;
                    }
                )*
                let _ = fixed;
                least
            };
            const FIXED: bool = true $(&& <$ty as $crate::state::Layout>::FIXED)*;

            #[inline(always)]
            fn read(from: &mut &[u8]) -> Option<Self> {
                let mut value = core::mem::MaybeUninit::uninit();
                <Self as $crate::state::Layout>::read_into(from, &mut value)?;
                // SAFETY: `read_into` has written every field.
                Some(unsafe { value.assume_init() })
            }

            #[inline(always)]
            fn read_into(from: &mut &[u8], to: &mut core::mem::MaybeUninit<Self>) -> Option<()> {
                // With this the compiler sees that there is enough for all of the leading fields.
                if from.len() < <Self as $crate::state::Layout>::LEAST {
                    return None;
                }
                let to = to.as_mut_ptr();
                $(
                    // SAFETY: the field's own place, aligned, behind a pointer that nobody else has; a field not yet
                    // written may be without a value, as this type says.
                    let place = unsafe { &mut *core::ptr::addr_of_mut!((*to).$field).cast::<core::mem::MaybeUninit<$ty>>() };
                    <$ty as $crate::state::Layout>::read_into(from, place)?;
                )*
                Some(())
            }

            #[inline(always)]
            fn write(&self, to: &mut &mut [u8]) -> Option<()> {
                if to.len() < <Self as $crate::state::Layout>::LEAST {
                    return None;
                }
                $($crate::state::Layout::write(&self.$field, to)?;)*
                Some(())
            }
        }
    };
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::integer_division
)]
mod tests;
