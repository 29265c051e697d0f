//! Drafters' calls about unusual military activities: a form with its heading.
//!
//! Never here: what becomes of a draft (`message.rs`), what the form says (`domain/activity/`).

use tonic::{Request, Response, Status};

use super::command::{self, draft_id, person};
use super::draft;
use crate::codec::heading::Given;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::activity_service_server::{ActivityService, ActivityServiceServer};
use crate::limits;
use crate::registrar::Registrar;

/// Gives commands to the Registrar.
pub struct ActivityCalls {
    pub registrar: Registrar,
}

#[tonic::async_trait]
impl ActivityService for ActivityCalls {
    async fn draft(
        &self,
        call: Request<calls::ActivityServiceDraftRequest>,
    ) -> Result<Response<calls::ActivityServiceDraftResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("ActivityService/Draft", asked.command.as_ref(), &asked, &caller)?;
        let content = asked.content.map(Given::from);
        let id = draft_id(&asked.draft)?;
        let (digest, faults) =
            draft::put(&self.registrar, origin, &caller, id, asked.heading, content).await?;
        Ok(Response::new(calls::ActivityServiceDraftResponse { digest: digest.0.to_vec().into(), faults }))
    }
}

impl ActivityCalls {
    /// For the node to serve behind the access table.
    pub fn service(self) -> ActivityServiceServer<ActivityCalls> {
        ActivityServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }
}
