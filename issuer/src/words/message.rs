//! The messages, and what each of them needs to be told.

use std::fmt;

macro_rules! messages {
    ($($(#[$doc:meta])* $name:ident = $id:literal [$($variable:literal),*];)+) => {
        /// A text printed on the card or on the slip that is handed over with it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Message {
            $($(#[$doc])* $name,)+
        }

        impl Message {
            /// Every message.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// How the message is called in a language's file.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }

            /// The values that the message names, each once at least, in every language.
            #[must_use]
            pub fn variables(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &[$($variable),*],)+
                }
            }
        }
    };
}

messages! {
    /// What the card is called.
    CardTitle = "card-title" [];
    /// Label of the name.
    CardName = "card-name" [];
    /// Label of the card number.
    CardNumber = "card-number" [];
    /// Label of the birth date.
    CardBirthDate = "card-birth-date" [];
    /// Label of the birth year, where no more is known or wanted.
    CardBirthYear = "card-birth-year" [];
    /// Label of the last day of validity.
    CardExpiry = "card-expiry" [];
    /// Label of the services.
    CardServices = "card-services" [];
    /// Label of a minor's guardian.
    CardGuardian = "card-guardian" [];
    /// Label of the address, or of who takes the holder's post.
    CardAddress = "card-address" [];
    /// Label of the hotline.
    CardHotline = "card-hotline" [];
    /// Label of the number that the library knows.
    CardLibrary = "card-library" [];
    /// What the card is.
    BackIs = "back-is" [];
    /// What the card is not.
    BackIsNot = "back-is-not" [];
    /// That the card may not be confiscated.
    BackKeep = "back-keep" [];
    /// Where a found card goes.
    BackReturn = "back-return" ["place"];
    /// Title of the slip.
    SlipTitle = "slip-title" [];
    /// Label of the card number.
    SlipNumber = "slip-number" [];
    /// How long the card is valid.
    SlipValid = "slip-valid" ["date"];
    /// Stands above the services.
    SlipOpens = "slip-opens" [];
    /// Stands above the recovery code.
    SlipRecovery = "slip-recovery" [];
    /// What the recovery code does, and how to keep it.
    SlipRecoveryWhy = "slip-recovery-why" [];
    /// Stands above what to do about a lost card.
    SlipLostTitle = "slip-lost-title" [];
    /// What to do about a lost card.
    SlipLost = "slip-lost" ["hotline"];
    /// Stands above what the city keeps.
    SlipKeptTitle = "slip-kept-title" [];
    /// What is kept, in a city that destroys the key on a day.
    SlipKeptUntil = "slip-kept-until" ["date"];
    /// What is kept, in a city that keeps a register.
    SlipKeptExpiry = "slip-kept-expiry" ["date"];
    /// What the city knows afterwards.
    SlipKeptAfter = "slip-kept-after" [];
    /// What the city never asks for.
    SlipNever = "slip-never" [];
    /// When the slip was printed.
    SlipPrint = "slip-print" ["date"];
}

impl Message {
    /// The message of that id.
    #[must_use]
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|message| message.id() == id)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
