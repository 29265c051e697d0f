//! A line between nodes that a test cuts and restores: every node behind a relay that stands where its key list says
//! that it is. Desks have a way of their own to their node, which is never cut.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::world::World;

pub struct Line {
    is_open: watch::Sender<bool>,
}

impl Line {
    /// Between all of these, and open.
    pub async fn between(world: &mut World, codes: &[&str]) -> Line {
        let (is_open, seen) = watch::channel(true);
        for code in codes {
            let state = world.state_mut(code);
            state.stop().await;
            let to = state.start_elsewhere().await;
            let at = state.address.clone();
            for desk in ["watch", "officer", "operator", "drafter", "custodian"]
                .into_iter()
                .filter(|role| state.has_desk(role))
            {
                let settings = state.desk_directory(desk).join("desk.toml");
                let text = std::fs::read_to_string(&settings).unwrap();
                std::fs::write(&settings, text.replace(&at, &to.to_string())).unwrap();
            }
            let listener = TcpListener::bind(&at).await.unwrap();
            tokio::spawn(relay(listener, to, seen.clone()));
        }
        Line { is_open }
    }

    pub fn cut(&self) {
        self.is_open.send_replace(false);
    }

    pub fn restore(&self) {
        self.is_open.send_replace(true);
    }
}

async fn relay(listener: TcpListener, to: SocketAddr, is_open: watch::Receiver<bool>) {
    loop {
        let Ok((mut near, _)) = listener.accept().await else { return };
        let mut open = is_open.clone();
        if !*open.borrow() {
            continue;
        }
        tokio::spawn(async move {
            let Ok(mut far) = TcpStream::connect(to).await else { return };
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                _ = open.wait_for(|open| !open) => {}
            }
        });
    }
}
