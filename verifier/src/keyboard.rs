//! What a scanner meant that types as a US keyboard, on a machine whose keyboard is set to another country.
//!
//! Such a scanner presses keys; the machine turns them into its own letters. A card's text has capitals, digits and
//! nine signs, so what was pressed can be found again, given the right table. The caller tries each candidate: a
//! text that was put back wrongly does not decode.

use std::collections::BTreeMap;

use shared::qr_text::ALPHABET;

/// Shortest text that may be a card's. The smallest one with a signature is longer.
const SHORTEST: usize = 100;

/// The keys that type the alphabet, as a US keyboard has them, without and with shift.
const US: Layout = Layout {
    plain: "1 2 3 4 5 6 7 8 9 0 - = ; . / a b c d e f g h i j k l m n o p q r s t u v w x y z",
    shifted: "! @ # $ % ^ & * ( ) _ + : > ? A B C D E F G H I J K L M N O P Q R S T U V W X Y Z",
    shift_lock: false,
    also: &[],
};

const LAYOUTS: [Layout; 11] = [US, UK, DE, FR, ES, IT, PT, TR, RU, UA, AR];

const UK: Layout = Layout {
    plain: US.plain,
    shifted: "! \" £ $ % ^ & * ( ) _ + : > ? A B C D E F G H I J K L M N O P Q R S T U V W X Y Z",
    shift_lock: false,
    also: &[],
};

// Shift and = is a dead grave accent: it joins the vowel after it, and stands alone before all else.
const DE: Layout = Layout {
    plain: "1 2 3 4 5 6 7 8 9 0 ß ´ ö . - a b c d e f g h i j k l m n o p q r s t u v w x z y",
    shifted: "! \" § $ % & / ( ) = ? ` Ö : _ A B C D E F G H I J K L M N O P Q R S T U V W X Z Y",
    shift_lock: true,
    also: &[("À", "+A"), ("È", "+E"), ("Ì", "+I"), ("Ò", "+O"), ("Ù", "+U")],
};

const FR: Layout = Layout {
    plain: "& é \" ' ( - è _ ç à ) = m : ! q b c d e f g h i j k l , n o p a r s t u v z x y w",
    shifted: "1 2 3 4 5 6 7 8 9 0 ° + M / § Q B C D E F G H I J K L ? N O P A R S T U V Z X Y W",
    shift_lock: true,
    also: &[],
};

const ES: Layout = Layout {
    plain: "1 2 3 4 5 6 7 8 9 0 ' ¡ ñ . - a b c d e f g h i j k l m n o p q r s t u v w x y z",
    shifted: "! \" · $ % & / ( ) = ? ¿ Ñ : _ A B C D E F G H I J K L M N O P Q R S T U V W X Y Z",
    shift_lock: false,
    also: &[],
};

const IT: Layout = Layout {
    plain: "1 2 3 4 5 6 7 8 9 0 ' ì ò . - a b c d e f g h i j k l m n o p q r s t u v w x y z",
    shifted: "! \" £ $ % & / ( ) = ? ^ ç : _ A B C D E F G H I J K L M N O P Q R S T U V W X Y Z",
    shift_lock: false,
    also: &[],
};

const PT: Layout = Layout {
    plain: "1 2 3 4 5 6 7 8 9 0 ' « ç . - a b c d e f g h i j k l m n o p q r s t u v w x y z",
    shifted: "! \" # $ % & / ( ) = ? » Ç : _ A B C D E F G H I J K L M N O P Q R S T U V W X Y Z",
    shift_lock: false,
    also: &[],
};

const TR: Layout = Layout {
    plain: "1 2 3 4 5 6 7 8 9 0 * - ş ç . a b c d e f g h ı j k l m n o p q r s t u v w x y z",
    shifted: "! ' ^ + % & / ( ) = ? _ Ş Ç : A B C D E F G H I J K L M N O P Q R S T U V W X Y Z",
    shift_lock: false,
    also: &[],
};

const RU: Layout = Layout {
    plain: "1 2 3 4 5 6 7 8 9 0 - = ж ю . ф и с в у а п р ш о л д ь т щ з й к ы е г м ц ч н я",
    shifted: "! \" № ; % : ? * ( ) _ + Ж Ю , Ф И С В У А П Р Ш О Л Д Ь Т Щ З Й К Ы Е Г М Ц Ч Н Я",
    shift_lock: false,
    also: &[],
};

const UA: Layout = Layout {
    plain: "1 2 3 4 5 6 7 8 9 0 - = ж ю . ф и с в у а п р ш о л д ь т щ з й к і е г м ц ч н я",
    shifted: "! \" № ; % : ? * ( ) _ + Ж Ю , Ф И С В У А П Р Ш О Л Д Ь Т Щ З Й К І Е Г М Ц Ч Н Я",
    shift_lock: false,
    also: &[],
};

// Capitals are the vowel signs, and lam with each alef: two letters, on some machines one (U+FEF5, FEF7, FEF9).
const AR: Layout = Layout {
    plain: "1 2 3 4 5 6 7 8 9 0 - = \u{643} \u{632} \u{638} \u{634} \u{644}\u{627} \u{624} \u{64a} \u{62b} \
            \u{628} \u{644} \u{627} \u{647} \u{62a} \u{646} \u{645} \u{629} \u{649} \u{62e} \u{62d} \u{636} \
            \u{642} \u{633} \u{641} \u{639} \u{631} \u{635} \u{621} \u{63a} \u{626}",
    shifted: "! @ # $ % ^ & * ) ( _ + : . \u{61f} \u{650} \u{644}\u{622} } ] \u{64f} [ \u{644}\u{623} \u{623} \
              \u{f7} \u{640} \u{60c} / \u{2019} \u{622} \u{d7} \u{61b} \u{64e} \u{64c} \u{64d} \u{644}\u{625} \
              \u{2018} { \u{64b} \u{652} \u{625} ~",
    shift_lock: false,
    also: &[("\u{fef5}", "B"), ("\u{fef7}", "G"), ("\u{fef9}", "T")],
};

/// What keys type: the same keys in the same order in every table.
struct Layout {
    plain: &'static str,
    shifted: &'static str,
    /// Whether caps lock turns all keys round, not only letters.
    shift_lock: bool,
    /// What else may come out: what is typed, and what it stands for.
    also: &'static [(&'static str, &'static str)],
}

/// What caps lock does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caps {
    Off,
    Letters,
    AllKeys,
}

/// The texts that a scanner may have meant, other than what was typed.
///
/// A keyboard that cannot have typed this yields none.
pub fn candidates(typed: &str) -> impl Iterator<Item = String> {
    LAYOUTS
        .iter()
        .flat_map(|layout| layout.modes().map(|caps| layout.read(caps, typed)))
        .flatten()
        .filter(move |text| text != typed)
}

/// Whether this may be a card's text from a scanner whose keyboard has another layout: as long as one, but not in
/// its alphabet.
#[must_use]
pub fn looks_mistyped(text: &str) -> bool {
    text.chars().count() >= SHORTEST
        && !text.contains("://")
        && !text.contains(['\n', '\r'])
        && !text.chars().all(|c| ALPHABET.contains(c))
}

impl Layout {
    fn modes(&self) -> impl Iterator<Item = Caps> {
        [Caps::Off, Caps::Letters].into_iter().chain(self.shift_lock.then_some(Caps::AllKeys))
    }

    fn read(&self, caps: Caps, typed: &str) -> Option<String> {
        let table = self.table(caps);
        let mut text = String::with_capacity(typed.len());
        let mut rest = typed;
        while !rest.is_empty() {
            // The longest first: two Arabic letters may be one key.
            let (meant, after) = [2, 1].into_iter().find_map(|length| {
                let end = rest.char_indices().map(|(at, c)| at + c.len_utf8()).nth(length - 1)?;
                let (key, after) = rest.split_at_checked(end)?;
                Some((*table.get(key)?, after))
            })?;
            text.push_str(meant);
            rest = after;
        }
        Some(text)
    }

    /// What is typed, and what it stands for.
    fn table(&self, caps: Caps) -> BTreeMap<String, &'static str> {
        let mut table = BTreeMap::from([(" ".to_owned(), " ")]);
        table.extend(self.also.iter().map(|(typed, meant)| ((*typed).to_owned(), *meant)));
        let us = US.plain.split(' ').zip(US.shifted.split(' '));
        let here = self.plain.split_whitespace().zip(self.shifted.split_whitespace());
        for ((us_plain, us_shifted), (plain, shifted)) in us.zip(here) {
            let (plain, shifted) = caps.apply(plain, shifted);
            for (typed, meant) in [(plain, us_plain), (shifted, us_shifted)] {
                if ALPHABET.contains(meant) {
                    table.insert(typed, meant);
                }
            }
        }
        table
    }
}

impl Caps {
    fn apply(self, plain: &str, shifted: &str) -> (String, String) {
        match self {
            Self::Off => (plain.to_owned(), shifted.to_owned()),
            Self::AllKeys => (shifted.to_owned(), plain.to_owned()),
            // A letter alone on its key becomes a capital too: é beside 2.
            Self::Letters if plain.to_uppercase() == shifted => (shifted.to_owned(), plain.to_owned()),
            Self::Letters => (plain.to_uppercase(), shifted.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole alphabet, and a little more for the accents, as each keyboard types it.
    const MEANT: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:+A+Z";

    #[test]
    fn each_keyboard_types_the_alphabet_its_own_way() {
        for (layout, typed) in [
            (US, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:+A+Z"),
            (UK, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:+A+Z"),
            (DE, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXZY $%(`ß.-ÖÀ`Y"),
            (FR, "à&é\"'(-è_çQBCDEFGHIJKL?NOPARSTUVZXYW 458+):!M+Q+W"),
            (ES, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%(¿'.-Ñ¿A¿Z"),
            (IT, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%(^'.-ç^A^Z"),
            (PT, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%(»'.-Ç»A»Z"),
            (TR, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ +%(_*ç.Ş_A_Z"),
            (RU, "0123456789ФИСВУАПРШОЛДЬТЩЗЙКЫЕГМЦЧНЯ ;%*+-ю.Ж+Ф+Я"),
            (UA, "0123456789ФИСВУАПРШОЛДЬТЩЗЙКІЕГМЦЧНЯ ;%*+-ю.Ж+Ф+Я"),
            (
                AR,
                "0123456789\u{650}\u{644}\u{622}}]\u{64f}[\u{644}\u{623}\u{623}\u{f7}\u{640}\u{60c}/\u{2019}\u{622}\u{d7}\u{61b}\u{64e}\u{64c}\u{64d}\u{644}\u{625}\u{2018}{\u{64b}\u{652}\u{625}~ $%*+-\u{632}\u{638}:+\u{650}+~",
            ),
        ] {
            assert_eq!(layout.read(Caps::Off, typed).as_deref(), Some(MEANT), "{typed}");
            assert!(typed == MEANT || candidates(typed).any(|text| text == MEANT), "{typed}");
        }
    }

    #[test]
    fn caps_lock_is_undone() {
        for typed in [
            "0123456789abcdefghijklmnopqrstuvwxyz $%*+-./:+a+z",
            "0123456789abcdefghijklmnopqrstuvwxyz $%(¿'.-ñ¿a¿z",
            "0123456789abcdefghıjklmnopqrstuvwxyz +%(_*Ç.ş_a_z",
            "0123456789фисвуапршолдьтщзйкыегмцчня ;%*+-Ю.ж+ф+я",
            // France: letters alone, then the whole keyboard.
            "À&É\"'(-È_Çqbcdefghijkl?noparstuvzxyw 458+):!m+q+w",
        ] {
            assert!(candidates(typed).any(|text| text == MEANT), "{typed}");
        }
        let all_keys = "0123456789qbcdefghijkl,noparstuvzxyw '(_=°/§m=q=w";
        assert!(candidates(all_keys).any(|text| text == MEANT));
    }

    #[test]
    fn every_layout_in_every_mode_gives_a_card_back() {
        let card = "NCFOXN%TSMAHN-HPO4 69B3%EX8:ZJ/.0$1QKWV*2G6DY7IULR5".repeat(6);
        for (number, layout) in LAYOUTS.iter().enumerate() {
            for caps in layout.modes() {
                let typed = type_on(layout, caps, &card);
                let back = typed == card || candidates(&typed).any(|text| text == card);
                assert!(back, "layout {number}, {caps:?}: {typed}");
            }
        }
    }

    #[test]
    fn a_character_of_no_key_yields_nothing() {
        assert_eq!(candidates("ABC\u{20ac}").count(), 0);
        assert_eq!(candidates("").count(), 0);
    }

    #[test]
    fn mistyped_texts_are_told_from_others() {
        let typed = type_on(&FR, Caps::Off, &"NCFOXN%TSMA".repeat(12));
        assert!(looks_mistyped(&typed));
        assert!(!looks_mistyped("azerty"));
        assert!(!looks_mistyped(&"NCFOXN%TSMA".repeat(12)));
        assert!(!looks_mistyped(&format!("https://card.example/{}", "a".repeat(120))));
    }

    fn type_on(layout: &Layout, caps: Caps, text: &str) -> String {
        let table = layout.table(caps);
        let press = |c: char| {
            let key = table.iter().find(|(_, meant)| **meant == c.to_string());
            key.unwrap_or_else(|| panic!("{c}")).0.clone()
        };
        text.chars().map(press).collect()
    }
}
