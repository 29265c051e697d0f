//! Nodes as programs: begun, started, refused to start, and their people.

use crate::world::World;

#[tokio::test]
async fn nodes_start_with_people_of_every_role_and_know_each_other() {
    let since = std::time::Instant::now();
    let world = World::new(&["BY", "PL"]).await;
    eprintln!("{:?}", since.elapsed());
    for (one, other) in [("BY", "PL"), ("PL", "BY")] {
        let board = world.node(one).registrar.head().board.clone();
        assert!(board.link(other.parse().unwrap()).is_some());
        assert_eq!(board.roster.members.len(), 7);
    }
}
