//! Reports side by side: fields as rows, Parties as columns of one page; where they are too many for that, a block
//! for each.
//!
//! Never here: a value that was left out because another Party states the same, or a choice between two.

use crate::domain::form::outline::Path;
use crate::domain::form::{Line, lines};
use crate::domain::incident::picture::Account;
use crate::domain::official::wrap::{columns, wrapped};

/// Columns of the page.
const PAGE: usize = 80;
const LABEL: usize = 18;
const GAP: usize = 2;
/// More reports than that stand below each other: their columns would be too narrow.
const SIDE_BY_SIDE_MAX: usize = 3;
/// What stands where another Party says something and this one nothing.
const SILENT: &str = "-";

/// One report with the words that stand above it.
pub struct Report<'a> {
    pub head: Vec<String>,
    pub account: &'a Account<'a>,
}

/// The page, line by line; nothing where there is no report.
pub fn page(reports: &[Report<'_>]) -> Vec<String> {
    let mut page = Vec::new();
    if reports.len() > SIDE_BY_SIDE_MAX {
        for report in reports {
            table(std::slice::from_ref(report), &mut page);
            page.push(String::new());
        }
    } else if !reports.is_empty() {
        table(reports, &mut page);
    }
    page
}

/// A field, and what each report says in it.
struct Row {
    path: Path,
    depth: usize,
    label: String,
    cells: Vec<Vec<String>>,
}

fn table(reports: &[Report<'_>], page: &mut Vec<String>) {
    let all = PAGE.saturating_sub(LABEL);
    let width = all.checked_div(reports.len()).unwrap_or(all).saturating_sub(GAP);
    let heads: Vec<Vec<String>> = reports.iter().map(|report| report.head.clone()).collect();
    put_row("", &heads, width, page);
    page.push("-".repeat(PAGE));
    for row in rows(reports) {
        let is_head = row.cells.iter().all(|cell| cell.iter().all(String::is_empty));
        let cells: Vec<Vec<String>> = row
            .cells
            .into_iter()
            .map(|cell| if cell.is_empty() && !is_head { vec![SILENT.to_owned()] } else { cell })
            .collect();
        put_row(&format!("{}{}", " ".repeat(row.depth), row.label), &cells, width, page);
    }
}

fn rows(reports: &[Report<'_>]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (column, report) in reports.iter().enumerate() {
        let Some(present) = &report.account.report else { continue };
        let mut last = 0;
        for line in report_lines(present.present()) {
            let at = match rows.iter().position(|row| row.path == line.path) {
                Some(at) => at,
                None => {
                    // Behind what came before it in the same report, so that rows stay in the order of the form.
                    let at = last.min(rows.len());
                    let row = Row {
                        path: line.path.clone(),
                        depth: line.depth,
                        label: line.label.clone(),
                        cells: vec![Vec::new(); reports.len()],
                    };
                    rows.insert(at, row);
                    at
                }
            };
            last = at.saturating_add(1);
            if let Some(cell) = rows.get_mut(at).and_then(|row| row.cells.get_mut(column)) {
                cell.push(line.value);
            }
        }
    }
    rows
}

/// Those of the report itself, whether it came first or in the place of another.
fn report_lines(said: &crate::domain::said::Said) -> Vec<Line> {
    use crate::domain::content::Content;
    match crate::domain::incident::picture::reported(&said.content) {
        Some(report) => lines(&Content::Report(Box::new(report.clone()))),
        None => Vec::new(),
    }
}

fn put_row(label: &str, cells: &[Vec<String>], width: usize, page: &mut Vec<String>) {
    let narrow = |text: &String, width: usize| -> Vec<String> {
        wrapped(text, width, width).into_iter().map(str::to_owned).collect()
    };
    let label = narrow(&label.to_owned(), LABEL.saturating_sub(1));
    let cells: Vec<Vec<String>> =
        cells.iter().map(|cell| cell.iter().flat_map(|line| narrow(line, width)).collect()).collect();
    let height = cells.iter().map(Vec::len).chain([label.len()]).max().unwrap_or(0);
    for line in 0..height {
        let mut out = padded(label.get(line), LABEL);
        for cell in &cells {
            out.push_str(&" ".repeat(GAP));
            out.push_str(&padded(cell.get(line), width));
        }
        page.push(out.trim_end().to_owned());
    }
}

fn padded(text: Option<&String>, width: usize) -> String {
    let text = text.cloned().unwrap_or_default();
    let blank = width.saturating_sub(columns(&text));
    format!("{text}{}", " ".repeat(blank))
}
