//! A carry file on its way to the officer who asked for it, piece by piece.
//!
//! Whoever reads no further holds neither a place nor the file for longer than is left to a reader. Never here: what is in
//! a file, or a part of one that ends as if it were the whole.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio_stream::wrappers::ReceiverStream;

use crate::codec::chunks::chunks;
use crate::limits;
use crate::rpc::part::Pieces;
use crate::rpc::status;

/// `first`, then the file. The place is kept until all was read, the reader has gone, or the time `within` is over; then
/// the last that is told is that this is not the whole file.
pub(super) fn given<T: Send + 'static>(
    first: T,
    file: Bytes,
    place: OwnedSemaphorePermit,
    within: Duration,
    piece: impl Fn(Bytes) -> T + Send + 'static,
) -> Pieces<T> {
    let (pieces, stream) = mpsc::channel(limits::PART_CHUNKS_AHEAD_MAX.saturating_add(1));
    tokio::spawn(async move {
        let _place = place;
        // Room for what is told last, whoever reads nothing.
        let Ok(last) = pieces.clone().reserve_owned().await else { return };
        let all = async move {
            if pieces.send(Ok(first)).await.is_err() {
                return;
            }
            for chunk in chunks(file) {
                // A copy: what waits for its reader would keep the whole file.
                let chunk = Bytes::copy_from_slice(&chunk);
                if pieces.send(Ok(piece(chunk))).await.is_err() {
                    return;
                }
            }
        };
        if tokio::time::timeout(within, all).await.is_err() {
            last.send(Err(status::carry_not_read()));
        }
    });
    Box::pin(ReceiverStream::new(stream))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Semaphore;
    use tokio_stream::StreamExt as _;
    use tonic::Code;

    use super::*;

    const PIECES: usize = 8;

    #[tokio::test]
    async fn who_reads_no_further_holds_neither_place_nor_file_and_is_told_that_it_is_not_the_whole() {
        let places = Arc::new(Semaphore::new(1));
        let file = Bytes::from(vec![7; PIECES * limits::PART_CHUNK_BYTES]);
        let place = places.clone().try_acquire_owned().unwrap();
        let within = Duration::from_millis(1);
        let mut stream = given(Bytes::from("first"), file.clone(), place, within, |chunk| chunk);
        let _free_again = places.acquire().await.unwrap();
        assert!(file.is_unique(), "nobody else holds it");
        let mut came = 0;
        let fault = loop {
            match stream.next().await.unwrap() {
                Ok(_) => came += 1,
                Err(fault) => break fault,
            }
        };
        assert!(came <= limits::PART_CHUNKS_AHEAD_MAX, "{came}");
        assert_eq!(fault.code(), Code::DeadlineExceeded);
        assert!(stream.next().await.is_none());
    }

    #[tokio::test]
    async fn who_reads_on_has_the_whole_file() {
        let places = Arc::new(Semaphore::new(1));
        let file = Bytes::from(vec![7; PIECES * limits::PART_CHUNK_BYTES + 1]);
        let place = places.clone().try_acquire_owned().unwrap();
        let within = Duration::from_millis(limits::CALL_MS_MAX);
        let stream = given(Bytes::from("first"), file.clone(), place, within, |chunk| chunk);
        let came: Vec<Bytes> = stream.map(|piece| piece.unwrap()).collect().await;
        assert_eq!((came.len(), &came[0][..]), (PIECES + 2, &b"first"[..]));
        assert_eq!(came[1..].concat(), file);
        assert!(places.acquire().await.is_ok());
    }
}
