//! The fonts that a PDF is set in: DejaVu where the system has it, and what the caller names. For each
//! character the first font that has it.
//!
//! Never here: a font of this program's own, or a character put in place of one that no font has
//! (`official::Document::without` writes its code point).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use harfrust::{BufferFlags, Direction, FontRef, Script, ShapeOptions, ShaperData, UnicodeBuffer};
use krilla::text::Font;

use crate::cli::fault::Fault;
use crate::cli::files;
use crate::domain::official::Weight;
use crate::limits;

/// Where Debian's fonts-dejavu-core, Fedora's dejavu-*-fonts, Arch's ttf-dejavu and macOS users' own lie.
const USUAL_PLACES: [&str; 5] = [
    "/usr/share/fonts/truetype/dejavu",
    "/usr/share/fonts/dejavu-sans-mono-fonts",
    "/usr/share/fonts/dejavu-sans-fonts",
    "/usr/share/fonts/TTF",
    "/Library/Fonts",
];
/// Every character as wide as any other.
const MONO: &str = "DejaVuSansMono.ttf";
const MONO_BOLD: &str = "DejaVuSansMono-Bold.ttf";
/// More characters, Hebrew among them, and a better hand for Arabic.
const SANS: &str = "DejaVuSans.ttf";

/// Fonts as they were read from files.
pub struct FontFiles {
    mono: Option<Vec<u8>>,
    mono_bold: Option<Vec<u8>>,
    sans: Option<Vec<u8>>,
    named: Vec<(PathBuf, Vec<u8>)>,
}

impl FontFiles {
    /// # Errors
    /// A named file that can't be read, or no font at all.
    pub fn read(named: &[PathBuf]) -> Result<FontFiles, Fault> {
        let read = |path: &PathBuf| Ok((path.clone(), files::read_up_to(path, limits::FONT_BYTES_MAX)?));
        let named = named.iter().map(read).collect::<Result<Vec<_>, Fault>>()?;
        let (mono, mono_bold, sans) = (usual(MONO), usual(MONO_BOLD), usual(SANS));
        if mono.is_none() && sans.is_none() && named.is_empty() {
            return Err(Fault::new(
                "no font was found: install DejaVu (Debian: fonts-dejavu-core), or name a file with --font",
            ));
        }
        Ok(FontFiles { mono, mono_bold, sans, named })
    }
}

fn usual(name: &str) -> Option<Vec<u8>> {
    USUAL_PLACES
        .iter()
        .map(|place| Path::new(place).join(name))
        .find_map(|path| files::read_up_to(&path, limits::FONT_BYTES_MAX).ok())
}

/// One font: to measure and shape with, and to put into the PDF.
pub struct Face<'f> {
    pub font: Font,
    file: FontRef<'f>,
    data: ShaperData,
}

/// Which fonts are asked for a character, and in which order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Order {
    Labels,
    LeftToRight,
    RightToLeft,
}

/// All fonts, by their place in `faces`.
pub struct Fonts<'f> {
    faces: Vec<Face<'f>>,
    labels: Vec<usize>,
    left_to_right: Vec<usize>,
    right_to_left: Vec<usize>,
    known: BTreeMap<(Order, char), Option<usize>>,
}

impl<'f> Fonts<'f> {
    /// # Errors
    /// A file that is named and is no font.
    pub fn of(files: &'f FontFiles) -> Result<Fonts<'f>, Fault> {
        let mut faces = Vec::new();
        let mut take = |bytes: Option<&'f Vec<u8>>| -> Vec<usize> {
            let Some(face) = bytes.and_then(|bytes| face(bytes)) else { return Vec::new() };
            faces.push(face);
            vec![faces.len().saturating_sub(1)]
        };
        let (mono, bold, sans) =
            (take(files.mono.as_ref()), take(files.mono_bold.as_ref()), take(files.sans.as_ref()));
        let mut named = Vec::new();
        for (path, bytes) in &files.named {
            let one = take(Some(bytes));
            if one.is_empty() {
                return Err(Fault::new(format!("{}: no font that can be used", path.display())));
            }
            named.extend(one);
        }
        // Columns are those of the first; from right to left there are none, and the better hand is first.
        let left_to_right = [mono.clone(), named.clone(), sans.clone()].concat();
        let right_to_left = [named, sans, mono].concat();
        let labels = [bold, left_to_right.clone()].concat();
        if left_to_right.is_empty() {
            return Err(Fault::new("none of the fonts that were found can be used; name a file with --font"));
        }
        Ok(Fonts { faces, labels, left_to_right, right_to_left, known: BTreeMap::new() })
    }

    pub fn face(&self, index: usize) -> Option<&Face<'f>> {
        self.faces.get(index)
    }

    /// The first font that has this character.
    pub fn with(&mut self, order: Order, character: char) -> Option<usize> {
        if let Some(known) = self.known.get(&(order, character)) {
            return *known;
        }
        let among = match order {
            Order::Labels => &self.labels,
            Order::LeftToRight => &self.left_to_right,
            Order::RightToLeft => &self.right_to_left,
        };
        let found = among
            .iter()
            .copied()
            .find(|index| self.faces.get(*index).is_some_and(|face| face.has(character)));
        self.known.insert((order, character), found);
        found
    }

    /// Those characters that no font has: all orders ask the same fonts in the end.
    pub fn lacking(&mut self, characters: BTreeSet<char>) -> BTreeSet<char> {
        let characters = characters.into_iter();
        characters.filter(|character| self.with(Order::LeftToRight, *character).is_none()).collect()
    }
}

impl From<Weight> for Order {
    fn from(weight: Weight) -> Order {
        match weight {
            Weight::Label => Order::Labels,
            Weight::Value => Order::LeftToRight,
        }
    }
}

fn face(bytes: &[u8]) -> Option<Face<'_>> {
    let file = FontRef::from_index(bytes, 0).ok()?;
    let font = Font::new(bytes.to_vec().into(), 0)?;
    let data = ShaperData::new(&file);
    Some(Face { font, file, data })
}

/// A glyph and where it goes, in parts of the font's size.
pub struct Shaped {
    pub glyph: u32,
    /// Where in the text its characters begin (bytes).
    pub cluster: usize,
    pub advance: f32,
    pub right: f32,
    pub up: f32,
}

impl Face<'_> {
    /// Glyphs from left to right for a text of one script and one direction, Unicode and OpenType rules
    /// applied.
    pub fn shape(&self, text: &str, direction: Direction, script: Option<Script>) -> Vec<Shaped> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.set_direction(direction);
        if let Some(script) = script {
            buffer.set_script(script);
        }
        self.shaped(buffer)
    }

    /// The glyph of a character that stands alone, from right to left; also of one that is never seen. `None`
    /// where the font has none.
    pub fn letter(&self, character: char) -> Option<Shaped> {
        let mut buffer = UnicodeBuffer::new();
        buffer.add(character, 0);
        buffer.set_direction(Direction::RightToLeft);
        buffer.set_flags(BufferFlags::PRESERVE_DEFAULT_IGNORABLES | BufferFlags::DO_NOT_INSERT_DOTTED_CIRCLE);
        self.shaped(buffer).into_iter().next().filter(|shaped| shaped.glyph != 0)
    }

    fn shaped(&self, mut buffer: UnicodeBuffer) -> Vec<Shaped> {
        buffer.guess_segment_properties();
        let shaper = self.data.shaper(&self.file).build();
        let em = self.font.units_per_em();
        let glyphs = shaper.shape(buffer, ShapeOptions::default());
        let parts = |units: i32| units as f32 / em;
        let shaped = glyphs.glyph_infos().iter().zip(glyphs.glyph_positions());
        shaped
            .map(|(info, position)| Shaped {
                glyph: info.glyph_id,
                cluster: usize::try_from(info.cluster).unwrap_or_default(),
                advance: parts(position.x_advance),
                right: parts(position.x_offset),
                up: parts(position.y_offset),
            })
            .collect()
    }

    pub fn has(&self, character: char) -> bool {
        let glyphs = self.shape(character.encode_utf8(&mut [0; 4]), Direction::LeftToRight, None);
        !glyphs.is_empty() && glyphs.iter().all(|shaped| shaped.glyph != 0)
    }
}

/// Whose rules a character is shaped by; `None` for one that goes with those around it.
pub fn script(character: char) -> Option<Script> {
    let mut buffer = UnicodeBuffer::new();
    buffer.add(character, 0);
    buffer.guess_segment_properties();
    Some(buffer.script()).filter(|script| *script != harfrust::script::UNKNOWN)
}
