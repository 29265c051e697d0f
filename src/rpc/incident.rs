//! Drafters' calls about hazardous incidents: a form with its heading.
//!
//! Never here: what becomes of a draft (`message.rs`), what the form says (`domain/incident/`).

use tonic::{Request, Response, Status};

use super::command::{self, draft_id, person};
use super::draft;
use crate::codec::heading::Given;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::incident_service_server::{IncidentService, IncidentServiceServer};
use crate::limits;
use crate::registrar::Registrar;

/// Gives commands to the Registrar.
pub struct IncidentCalls {
    pub registrar: Registrar,
}

#[tonic::async_trait]
impl IncidentService for IncidentCalls {
    async fn draft(
        &self,
        call: Request<calls::IncidentServiceDraftRequest>,
    ) -> Result<Response<calls::IncidentServiceDraftResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("IncidentService/Draft", asked.command.as_ref(), &asked, &caller)?;
        let content = asked.content.map(Given::from);
        let id = draft_id(&asked.draft)?;
        let (digest, faults) =
            draft::put(&self.registrar, origin, &caller, id, asked.heading, content).await?;
        Ok(Response::new(calls::IncidentServiceDraftResponse { digest: digest.0.to_vec().into(), faults }))
    }
}

impl IncidentCalls {
    /// For the node to serve behind the access table.
    pub fn service(self) -> IncidentServiceServer<IncidentCalls> {
        IncidentServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }
}
