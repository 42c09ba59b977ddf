//! What the program remembers, one account per file, and the pure rules on it.

pub mod challenge;
pub mod evaluation;
pub mod federation;
pub mod layout;
pub mod params;
pub mod participant;
pub mod phase;
pub mod round;
pub mod rule;
pub mod slash;
pub mod submission;
pub mod window;

pub use challenge::*;
pub use evaluation::*;
pub use federation::*;
pub use layout::Layout;
pub use params::*;
pub use participant::*;
pub use phase::*;
pub use round::*;
pub use rule::*;
pub use slash::*;
pub use submission::*;
pub use window::*;

/// Layout of every account; raised when a layout changes.
pub const ACCOUNT_VERSION: u8 = 3;
