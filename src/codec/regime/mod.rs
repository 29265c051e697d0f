pub struct R {
    pub name: String,
    pub edition: u64,
}
pub fn read(bytes: &[u8]) -> Result<R, std::fmt::Error> {
    Ok(R { name: String::from_utf8_lossy(bytes).into_owned(), edition: 1 })
}
