//! The official form as PDF, read back with pdftotext: every field found, whatever it is written in.

use std::path::{Path, PathBuf};
use std::process::Command;

use detente::cli::message::{Pdf, pdf};
use detente::domain::content::{Content, Kind};
use detente::domain::digest::Digest;
use detente::domain::message::Message;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use crate::officer::filled;
use crate::print::{any_message, assert_stands_in, form, full, needles_of_notification, text};

fn made(message: &Message) -> Pdf {
    pdf(form(message), &[]).unwrap()
}

/// Lines as they stand on paper.
fn extracted(pdf: &Pdf) -> String {
    read_by("-layout", pdf)
}

fn read_by(how: &str, pdf: &Pdf) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("form.pdf");
    std::fs::write(&file, &pdf.bytes).unwrap();
    read_file_by(how, &file)
}

pub fn read_file_by(how: &str, file: &Path) -> String {
    let output = Command::new("pdftotext").arg(how).arg(file).arg("-").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Without space, and without the marks of direction that pdftotext puts in.
pub fn squeezed(text: &str) -> String {
    let mark =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !c.is_whitespace() && !mark(*c)).collect()
}

fn assert_found(pdf: &Pdf, needles: &[&str]) {
    let found = extracted(pdf);
    for needle in needles {
        assert!(squeezed(&found).contains(&squeezed(needle)), "{needle:?} is not in\n{found}");
    }
}

#[test]
fn every_field_is_found_in_the_pdf_and_every_line_stands_where_it_does_in_the_text() {
    let content = filled(Kind::Notification);
    let message = full(&content);
    let pdf = made(&message);
    let found = extracted(&pdf);
    let plain = text(&form(&message));
    let lines = |text: &str| -> Vec<String> {
        text.split(['\n', '\u{c}']).map(squeezed).filter(|line| !line.is_empty()).collect()
    };
    assert_eq!(lines(&found), lines(&plain));
    assert_eq!(found.matches(&format!("of {}", pdf.pages)).count(), pdf.pages);
    assert_eq!(pdf.lacking, 0);
    assert_stands_in(&plain, &needles_of_notification(&message, &content));
}

#[test]
fn arabic_hebrew_and_cyrillic_are_found_in_their_logical_order() {
    let mut message = full(&filled(Kind::Cancellation));
    message.draft.subject = "تمرين الخريف".into();
    message.draft.remarks =
        "Учения «Осенний урожай» начнутся 12 сентября.\nתרגיל סתיו בצפון\nНазвано תרגיל сегодня".into();
    let pdf = made(&message);
    assert_eq!(pdf.lacking, 0);
    let needles = [
        "تمرين الخريف",
        "Учения «Осенний урожай» начнутся 12 сентября.",
        "תרגיל סתיו בצפון",
        "תרגיל",
        "сегодня",
    ];
    assert_found(&pdf, &needles);
}

/// Each of them as one word, where marks of direction are left out.
fn assert_words(pdf: &Pdf, words: &[&str]) {
    for how in ["-layout", "-raw", "-nopgbrk"] {
        let found = read_by(how, pdf);
        let found: Vec<String> = found.split_whitespace().map(squeezed).collect();
        for word in words {
            assert!(found.iter().any(|one| one == word), "{word:?} is not in ({how})\n{found:?}");
        }
    }
}

/// Lam with alef is one glyph of two characters: a reader that turns Arabic around must not turn them too.
#[test]
fn lam_with_alef_is_read_in_the_order_in_which_it_is_written() {
    let words = ["السلام", "الأول", "لا", "الإعلام", "الآن", "اسلامی", "תרגיל", "exercise"];
    let mut message = full(&filled(Kind::Notification));
    message.draft.subject = "السلام الأول لا الإعلام".into();
    message.draft.remarks = "First remark: الآن\nجمهوری اسلامی exercise\nתרגיל".into();
    let pdf = made(&message);
    assert_eq!(pdf.lacking, 0);
    assert_words(&pdf, &words);
    // Shapes and what is read in their place change nothing around them.
    assert_found(&pdf, &["SUBJECT السلام الأول لا الإعلام", "7. END OF MESSAGE", "First remark: الآن"]);
}

#[test]
fn vowel_signs_and_joiners_are_read_behind_the_letter_that_they_stand_on() {
    let mut message = full(&filled(Kind::Cancellation));
    message.draft.subject = "مُحَمَّد وَلَا الْإِعْلَام".into();
    message.draft.remarks = "שָׁלוֹם עולם\nمی\u{200c}خواهیم".into();
    let pdf = made(&message);
    assert_words(&pdf, &["مُحَمَّد", "وَلَا", "الْإِعْلَام", "שָׁלוֹם", "עולם", "می\u{200c}خواهیم"]);
}

/// U+200C is part of how they are written: nothing is escaped, and nothing lacks in the fonts.
#[test]
fn persian_and_hindi_are_found_with_their_joiners_at_work() {
    let mut message = full(&filled(Kind::Cancellation));
    message.draft.subject = "می\u{200c}خواهیم رزمایش را لغو کنیم".into();
    let pdf = made(&message);
    assert_eq!(pdf.lacking, 0);
    let found = squeezed(&extracted(&pdf)).replace('\u{200c}', "");
    assert!(found.contains(&squeezed("میخواهیم رزمایش را لغو کنیم")), "{found}");
    assert!(!found.contains("200c"), "{found}");
}

#[test]
fn what_runs_from_right_to_left_stands_at_the_right() {
    let mut message = full(&filled(Kind::Cancellation));
    message.draft.subject = "תרגיל".into();
    let pdf = made(&message);
    let found = extracted(&pdf);
    let line = found.lines().find(|line| line.trim_start().starts_with("SUBJECT")).unwrap();
    let rest = line.trim_start().trim_start_matches("SUBJECT");
    let gap = rest.chars().take_while(|c| *c == ' ').count();
    assert!(gap > 40, "{line:?}");
}

#[test]
fn the_same_form_makes_the_same_bytes_and_another_one_others() {
    let message = full(&filled(Kind::Notification));
    let one = made(&message).bytes;
    assert!(one == made(&message).bytes);
    for word in ["CreationDate", "ModDate", "CreateDate"] {
        assert!(!one.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
    }
    let mut other = message;
    other.draft.subject.push('!');
    assert!(one != made(&other).bytes);
}

#[test]
fn a_character_that_no_font_has_is_written_as_its_code_point_and_named_at_the_end() {
    let mut message = full(&filled(Kind::Cancellation));
    message.draft.subject = "大演習 2031".into();
    let pdf = made(&message);
    assert_eq!(pdf.lacking, 3);
    assert_found(
        &pdf,
        &[
            "SUBJECT \\u{5927}\\u{6f14}\\u{7fd2} 2031",
            "NOTE No font at hand has these characters",
            "\\u{5927} \\u{6f14} \\u{7fd2}",
        ],
    );
}

#[test]
fn wide_text_is_set_smaller_and_never_runs_off_the_page() {
    let mut message = full(&filled(Kind::Cancellation));
    // Wider in a proportional font than as many columns.
    message.draft.subject = "שששששש".repeat(10);
    let pdf = made(&message);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("form.pdf");
    std::fs::write(&file, &pdf.bytes).unwrap();
    let output = Command::new("pdftotext").args(["-bbox"]).arg(&file).arg("-").output().unwrap();
    let boxes = String::from_utf8(output.stdout).unwrap();
    let right: Vec<f64> =
        boxes.split("xMax=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect();
    assert!(right.len() > 20, "{boxes}");
    assert!(right.iter().all(|right| *right < 596.0 - 50.0), "{right:?}");
}

#[test]
fn content_of_an_unknown_kind_is_said_so_in_the_pdf() {
    let mut message = full(&filled(Kind::Cancellation));
    message.draft.kind = "hotline.call".into();
    let digest = Digest::of(&message.draft.content).to_string();
    assert_found(&made(&message), &["unknown kind: kept as it is", &digest]);
}

#[test]
fn a_file_that_is_no_font_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("not.ttf");
    std::fs::write(&file, "not a font").unwrap();
    let fault = |path: &Path| pdf(form(&any()), &[path.to_owned()]).err().unwrap().to_string();
    assert!(fault(&file).contains("not.ttf: no font"));
    assert!(fault(&folder.path().join("absent.ttf")).contains("absent.ttf"));
}

fn any() -> Message {
    let content: Content = filled(Kind::Cancellation);
    full(&content)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_message_can_be_made_a_pdf((message, _) in any_message()) {
        let made = pdf(form(&message), &[]).map_err(|fault| TestCaseError::fail(fault.to_string()))?;
        prop_assert!(made.bytes.starts_with(b"%PDF"));
        prop_assert!(made.pages > 0);
    }
}

#[test]
fn numbers_within_text_from_right_to_left_keep_their_place_for_whoever_reads_it_out() {
    let mut message = full(&filled(Kind::Cancellation));
    message.draft.subject = "تمرين رقم ٢٠٣١ في الشمال".into();
    message.draft.remarks = "תרגיל 2031 בצפון".into();
    let pdf = made(&message);
    let found = read_by("-raw", &pdf);
    for needle in ["تمرين رقم ٢٠٣١ في الشمال", "תרגיל 2031 בצפון"] {
        assert!(squeezed(&found).contains(&squeezed(needle)), "{needle:?} is not in\n{found}");
    }
}
