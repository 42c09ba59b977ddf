//! What makes a struct an account: what Anchor's `account` attribute does, but for the reading and the writing.

use anchor_lang::prelude::*;

/// An account, which handlers hold as `Account<Box<…>>`.
#[macro_export]
macro_rules! account_layout {
    (discriminator = $discriminator:expr; $(#[$meta:meta])* pub struct $name:ident { $($fields:tt)* }) => {
        $crate::struct_layout! {
            $(#[$meta])*
            pub struct $name { $($fields)* }
        }

        impl $name {
            /// Size of the account without what may follow, discriminator included. Bytes.
            pub const SPACE: usize = Self::DISCRIMINATOR.len().saturating_add(Self::INIT_SPACE);
        }

        impl anchor_lang::Discriminator for $name {
            const DISCRIMINATOR: &'static [u8] = &$discriminator;
        }

        impl anchor_lang::Owner for $name {
            fn owner() -> Pubkey {
                $crate::ID
            }
        }

        // On the heap from its first byte: an account is moved three times before its handler has it.
        impl anchor_lang::Discriminator for Box<$name> {
            const DISCRIMINATOR: &'static [u8] = $name::DISCRIMINATOR;
        }

        impl anchor_lang::Owner for Box<$name> {
            fn owner() -> Pubkey {
                $name::owner()
            }
        }

        #[cfg(feature = "idl-build")]
        impl anchor_lang::IdlBuild for Box<$name> {
            fn create_type() -> Option<anchor_lang::idl::types::IdlTypeDef> {
                $name::create_type()
            }

            fn insert_types(types: &mut std::collections::BTreeMap<String, anchor_lang::idl::types::IdlTypeDef>) {
                $name::insert_types(types)
            }

            fn get_full_path() -> String {
                $name::get_full_path()
            }
        }

        impl anchor_lang::AccountDeserialize for Box<$name> {
            fn try_deserialize(from: &mut &[u8]) -> Result<Self> {
                $crate::state::layout::account::require_discriminator::<Self>(from, stringify!($name))?;
                Self::try_deserialize_unchecked(from)
            }

            #[inline(never)]
            fn try_deserialize_unchecked(from: &mut &[u8]) -> Result<Self> {
                let mut data = from.get(Self::DISCRIMINATOR.len()..).unwrap_or(&[]);
                let mut account = Box::<$name>::new_uninit();
                let read = <$name as $crate::state::Layout>::read_into(&mut data, &mut account);
                read.ok_or(ErrorCode::AccountDidNotDeserialize)?;
                // SAFETY: every field was written.
                Ok(unsafe { account.assume_init() })
            }
        }

        impl anchor_lang::AccountDeserialize for $name {
            fn try_deserialize(from: &mut &[u8]) -> Result<Self> {
                Box::<Self>::try_deserialize(from).map(|account| *account)
            }

            fn try_deserialize_unchecked(from: &mut &[u8]) -> Result<Self> {
                Box::<Self>::try_deserialize_unchecked(from).map(|account| *account)
            }
        }

        impl anchor_lang::AccountSerialize for Box<$name> {
            fn try_serialize<W: std::io::Write>(&self, writer: &mut W) -> Result<()> {
                $name::try_serialize(self, writer)
            }
        }

        impl anchor_lang::AccountSerialize for $name {
            #[inline(never)]
            fn try_serialize<W: std::io::Write>(&self, writer: &mut W) -> Result<()> {
                let mut data = [0; Self::SPACE];
                let mut to = data.as_mut_slice();
                let named: Option<&mut [u8; 8]> = $crate::state::layout::room(&mut to);
                let written = named.and_then(|name| {
                    name.copy_from_slice(Self::DISCRIMINATOR);
                    $crate::state::Layout::write(self, &mut to)
                });
                // In one piece: each call of the writer costs as much as ten fields.
                let done = written.and_then(|()| writer.write_all(&data).ok());
                done.ok_or_else(|| ErrorCode::AccountDidNotSerialize.into())
            }
        }
    };
}

/// Requires that data begins as an account of this type does.
pub fn require_discriminator<T: Discriminator>(data: &[u8], name: &str) -> Result<()> {
    let (found, wanted) = (data.get(..T::DISCRIMINATOR.len()), T::DISCRIMINATOR);
    let found = found.ok_or(ErrorCode::AccountDiscriminatorNotFound)?;
    if found != wanted {
        return Err(error!(ErrorCode::AccountDiscriminatorMismatch).with_account_name(name));
    }
    Ok(())
}
