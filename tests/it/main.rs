mod key_list;
mod merkle;
mod notes;
mod signed;
