//! Who may call what: one table, closed by default, applied before any handler.
//!
//! Never here: who somebody is (`caller.rs`), or whether what they ask is sensible (the Board). A
//! method without a row is nobody's; `tests/it/access.rs` walks every method with every caller.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::watch;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http::{Request, Response};
use tower::{Layer, Service};

use crate::clock::Clock;
use crate::domain::people::Role::{self, Auditor, Custodian, Drafter, Operator, Releaser, Watch};
use crate::limits;
use crate::peers::trust::Trust;
use crate::rpc::accept::Connection;
use crate::rpc::caller::{Caller, PersonCaller};
use crate::rpc::places::Places;
use crate::rpc::status;

/// Which kinds of caller a method is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum For {
    Nobody,
    /// A person of the own Party with at least one of these roles.
    Roles(&'static [Role]),
    /// The same, even while our own revocation list is absent or expired.
    RolesEvenWithStaleList(&'static [Role]),
    /// Any person on the roster.
    Persons,
    /// A peer's node in good standing.
    Peers,
    /// A peer's node, also one whose revocation list is absent or expired, or whose key is in no key list
    /// held here.
    AnyPeer,
    /// Any person on the roster, any peer's node in good standing.
    PersonsAndPeers,
}

/// Makes the one `match` and, of the same rows, the list that tests walk.
macro_rules! table {
    ($($path:literal => $who:expr,)*) => {
        /// The table. The path is HTTP/2's, `/package.Service/Method`.
        pub fn who_may_call(path: &str) -> For {
            match path {
                $($path => $who,)*
                _ => For::Nobody,
            }
        }

        /// Every path that has a row.
        pub const PATHS: &[&str] = &[$($path),*];
    };
}

table! {
    "/detente.v1.ExerciseService/Draft" => For::Roles(&[Drafter]),
    "/detente.v1.IncidentService/Draft" => For::Roles(&[Drafter]),
    "/detente.v1.ActivityService/Draft" => For::Roles(&[Drafter]),

    "/detente.v1.MessageService/DraftMessage" => For::Roles(&[Drafter]),
    "/detente.v1.MessageService/ReturnDraft" => For::Roles(&[Releaser]),
    "/detente.v1.MessageService/WithdrawDraft" => For::Roles(&[Drafter]),
    "/detente.v1.MessageService/ListDrafts" => For::Roles(&[Drafter, Releaser]),
    "/detente.v1.MessageService/ShowDraft" => For::Roles(&[Drafter, Releaser]),
    "/detente.v1.MessageService/Release" => For::Roles(&[Releaser]),
    "/detente.v1.MessageService/ListThreads" => For::Roles(&[Drafter, Releaser, Watch]),
    "/detente.v1.MessageService/ShowThread" => For::Roles(&[Drafter, Releaser, Watch]),
    "/detente.v1.MessageService/ShowMessage" => For::Roles(&[Drafter, Releaser, Watch]),

    "/detente.v1.RegimeService/Hold" => For::Roles(&[Drafter, Custodian]),
    "/detente.v1.RegimeService/ListHeld" => For::Persons,
    "/detente.v1.RegimeService/ShowText" => For::Persons,
    "/detente.v1.RegimeService/DraftWord" => For::Roles(&[Drafter]),
    "/detente.v1.RegimeService/DraftFormatted" => For::Roles(&[Drafter]),
    "/detente.v1.RegimeService/ListAdopters" => For::Persons,
    "/detente.v1.RegimeService/ListFunctions" => For::Persons,

    "/detente.v1.DutyService/ListDuties" => For::Roles(&[Drafter, Releaser, Watch]),
    "/detente.v1.DutyService/FollowDuties" => For::Roles(&[Drafter, Releaser, Watch]),

    "/detente.v1.ByHandService/ListOpen" => For::Roles(&[Drafter, Releaser, Watch]),
    "/detente.v1.ByHandService/Record" => For::Roles(&[Releaser, Watch]),
    "/detente.v1.ByHandService/DraftTranscription" => For::Roles(&[Drafter]),

    "/detente.v1.PartService/Store" => For::Roles(&[Drafter, Releaser, Watch]),
    "/detente.v1.PartService/Read" => For::Roles(&[Drafter, Releaser, Watch]),
    "/detente.v1.PartService/Erase" => For::Roles(&[Custodian]),

    "/detente.v1.WatchService/Follow" => For::Roles(&[Watch]),
    "/detente.v1.WatchService/Read" => For::Roles(&[Watch]),
    "/detente.v1.WatchService/Acknowledge" => For::Roles(&[Watch]),
    "/detente.v1.WatchService/Now" => For::Roles(&[Watch]),
    "/detente.v1.WatchService/HandOver" => For::Roles(&[Watch]),
    "/detente.v1.WatchService/TakeOver" => For::Roles(&[Watch]),
    "/detente.v1.WatchService/Card" => For::Roles(&[Watch]),
    "/detente.v1.WatchService/DraftHoldingReply" => For::Roles(&[Watch]),

    "/detente.v1.AuditService/Export" => For::Roles(&[Auditor]),
    "/detente.v1.AuditService/Head" => For::Roles(&[Auditor, Operator]),
    "/detente.v1.AuditService/ExportThread" => For::Roles(&[Auditor]),
    "/detente.v1.AuditService/Threads" => For::Roles(&[Auditor]),
    "/detente.v1.AuditService/ReplayThread" => For::Roles(&[Auditor]),

    "/detente.v1.PartyService/Propose" => For::Roles(&[Custodian]),
    "/detente.v1.PartyService/Confirm" => For::Roles(&[Custodian]),
    "/detente.v1.PartyService/DropProposal" => For::Roles(&[Custodian]),
    "/detente.v1.PartyService/ListProposals" => For::Roles(&[Custodian]),
    "/detente.v1.PartyService/ListParties" => For::Persons,
    "/detente.v1.PartyService/ListOffices" => For::Persons,
    "/detente.v1.PartyService/ShowWatchPlan" => For::Persons,
    "/detente.v1.PartyService/ListWebhooks" => For::Persons,
    "/detente.v1.PartyService/ListOwnAlarms" => For::Persons,
    "/detente.v1.PartyService/ShowWatchCards" => For::Persons,
    "/detente.v1.PartyService/ShowCheckSchedule" => For::Persons,
    "/detente.v1.PartyService/ListMembers" => For::Roles(&[Custodian, Operator, Auditor]),
    "/detente.v1.PartyService/ExportParty" => For::Roles(&[Custodian, Operator]),
    "/detente.v1.PartyService/SubmitRevocationList" => For::RolesEvenWithStaleList(&[Custodian, Operator]),

    "/detente.v1.ExchangeService/Deliver" => For::Peers,
    "/detente.v1.ExchangeService/Beat" => For::Peers,
    "/detente.v1.ExchangeService/Leaves" => For::Peers,
    "/detente.v1.ExchangeService/HandInLeaves" => For::Peers,
    "/detente.v1.ExchangeService/KeyLists" => For::Peers,
    "/detente.v1.ExchangeService/HandInKeyLists" => For::AnyPeer,
    "/detente.v1.ExchangeService/Collect" => For::Peers,
    "/detente.v1.ExchangeService/HandInReceipts" => For::Peers,
    "/detente.v1.ExchangeService/FetchPart" => For::Peers,
    "/detente.v1.ExchangeService/WantedPart" => For::Peers,
    "/detente.v1.ExchangeService/HandInPart" => For::Peers,
    "/detente.v1.ExchangeService/HandInRevocationList" => For::AnyPeer,

    "/detente.v1.HotlineService/Draft" => For::Roles(&[Drafter]),
    "/detente.v1.HotlineService/OpenSession" => For::Roles(&[Drafter]),
    "/detente.v1.HotlineService/AcceptSession" => For::Roles(&[Drafter]),
    "/detente.v1.HotlineService/Say" => For::Roles(&[Drafter]),
    "/detente.v1.HotlineService/AddParty" => For::Roles(&[Drafter]),
    "/detente.v1.HotlineService/TranslateText" => For::Roles(&[Drafter]),
    "/detente.v1.HotlineService/CloseSession" => For::Roles(&[Drafter]),
    "/detente.v1.HotlineService/ReadText" => For::Roles(&[Watch]),
    "/detente.v1.HotlineService/ListSessions" => For::Roles(&[Drafter, Releaser, Watch]),
    "/detente.v1.HotlineService/ShowSession" => For::Roles(&[Drafter, Releaser, Watch]),
    "/detente.v1.HotlineService/Transcript" => For::Roles(&[Drafter, Releaser, Watch]),
    "/detente.v1.HotlineService/ListPhrases" => For::Persons,
    "/detente.v1.HotlineService/Join" => For::Roles(&[Watch]),
    "/detente.v1.HotlineService/ListChecks" => For::Roles(&[Drafter, Releaser, Watch, Operator]),
    "/detente.v1.HotlineService/SendCheck" => For::Roles(&[Watch]),
    "/detente.v1.HotlineService/RecordCheck" => For::Roles(&[Watch]),
    "/detente.v1.HotlineService/PingLinks" => For::Roles(&[Drafter, Releaser, Watch, Operator]),
    // It holds messages in the clear, which an operator may not read.
    "/detente.v1.HotlineService/CarryOut" => For::Roles(&[Watch]),
    "/detente.v1.HotlineService/CarryIn" => For::Roles(&[Watch]),
    "/detente.v1.HotlineService/EnterHeard" => For::Roles(&[Drafter]),
    "/detente.v1.HotlineService/ListCarried" => For::Roles(&[Drafter, Releaser, Watch]),

    "/grpc.health.v1.Health/Check" => For::PersonsAndPeers,
    "/grpc.health.v1.Health/Watch" => For::PersonsAndPeers,
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo" => For::Persons,
}

/// The pieces of a part that is stored or handed in, and of a carry file, have a bound of their own, each.
fn comes_in_pieces(path: &str) -> bool {
    matches!(
        path,
        "/detente.v1.PartService/Store"
            | "/detente.v1.ExchangeService/HandInPart"
            | "/detente.v1.HotlineService/CarryIn"
    )
}

/// Whether this caller is among those whom the method is for.
pub fn permits(method_is_for: For, caller: &Caller) -> bool {
    let has_one = |person: &PersonCaller, roles: &[Role]| roles.iter().any(|role| person.has(*role));
    match caller {
        Caller::Person(person) => match method_is_for {
            For::Roles(roles) | For::RolesEvenWithStaleList(roles) => has_one(person, roles),
            For::Persons | For::PersonsAndPeers => true,
            For::Nobody | For::Peers | For::AnyPeer => false,
        },
        Caller::PersonWithStaleList(person) => match method_is_for {
            For::RolesEvenWithStaleList(roles) => has_one(person, roles),
            For::Nobody | For::Roles(_) | For::Persons | For::Peers | For::AnyPeer | For::PersonsAndPeers => {
                false
            }
        },
        Caller::Peer(_) => match method_is_for {
            For::Peers | For::AnyPeer | For::PersonsAndPeers => true,
            For::Nobody | For::Roles(_) | For::RolesEvenWithStaleList(_) | For::Persons => false,
        },
        Caller::PeerWithStaleList(_) | Caller::PeerWithUnlistedKey(_) => match method_is_for {
            For::AnyPeer => true,
            For::Nobody
            | For::Roles(_)
            | For::RolesEvenWithStaleList(_)
            | For::Persons
            | For::Peers
            | For::PersonsAndPeers => false,
        },
    }
}

/// The layer that applies the table. Interceptors don't see a call's path, so it is one of tower's.
#[derive(Clone, Debug)]
pub struct Access {
    pub clock: Clock,
    pub trust: watch::Receiver<Arc<Trust>>,
    /// How long a call may take until its answer begins, its own body included: whoever sends that in drops
    /// is cut.
    pub patience: Duration,
    places: Places,
}

impl Access {
    pub fn new(clock: Clock, trust: watch::Receiver<Arc<Trust>>) -> Access {
        let patience = Duration::from_millis(limits::CALL_MS_MAX);
        Access { clock, trust, patience, places: Places::default() }
    }

    fn check<B>(&self, call: &Request<B>) -> Result<Caller, Status> {
        let connection = call.extensions().get::<Connection>().ok_or_else(status::no_connection)?;
        let trust = self.trust.borrow().clone();
        let caller =
            Caller::judge(&connection.certificate, &trust, self.clock.now()).map_err(status::stranger)?;
        let method_is_for = who_may_call(call.uri().path());
        if permits(method_is_for, &caller) {
            Ok(caller)
        } else {
            let roles = match method_is_for {
                For::Roles(roles) | For::RolesEvenWithStaleList(roles) => roles,
                For::Nobody | For::Persons | For::Peers | For::AnyPeer | For::PersonsAndPeers => &[],
            };
            Err(status::not_permitted(&caller, roles))
        }
    }
}

/// The caller of a call that came through the table.
pub fn caller<T>(call: &tonic::Request<T>) -> Result<&Caller, Status> {
    call.extensions().get::<Caller>().ok_or_else(status::no_connection)
}

impl<S> Layer<S> for Access {
    type Service = Guarding<S>;

    fn layer(&self, inner: S) -> Guarding<S> {
        Guarding { access: self.clone(), inner }
    }
}

/// A service behind the table.
#[derive(Clone, Debug)]
pub struct Guarding<S> {
    access: Access,
    inner: S,
}

impl<S> Service<Request<Body>> for Guarding<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut call: Request<Body>) -> Self::Future {
        let admitted = self.access.check(&call);
        let admitted = admitted.and_then(|caller| Ok((self.access.places.take(&caller)?, caller)));
        match admitted {
            Ok((place, caller)) => {
                call.extensions_mut().insert(caller);
                let patience = (!comes_in_pieces(call.uri().path())).then_some(self.access.patience);
                let answer = self.inner.call(call);
                Box::pin(async move {
                    let answered = match patience {
                        Some(patience) => tokio::time::timeout(patience, answer).await,
                        None => Ok(answer.await),
                    };
                    let answer = match answered {
                        Ok(answer) => answer?,
                        Err(_) => status::too_slow().into_http(),
                    };
                    Ok(answer.map(|body| place.until_sent(body)))
                })
            }
            Err(refused) => Box::pin(std::future::ready(Ok(refused.into_http()))),
        }
    }
}
