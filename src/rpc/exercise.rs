//! Drafters' calls about exercises: a form with its heading.
//!
//! Never here: what becomes of a draft (`message.rs`), what the form says (`domain/exercise/`).

use tonic::{Request, Response, Status};

use super::command::{self, draft_id, person};
use super::draft;
use crate::codec::heading::Given;
use crate::codec::proto::detente::v1 as calls;
use crate::codec::proto::detente::v1::exercise_service_server::{ExerciseService, ExerciseServiceServer};
use crate::limits;
use crate::registrar::Registrar;

/// Gives commands to the Registrar.
pub struct ExerciseCalls {
    pub registrar: Registrar,
}

#[tonic::async_trait]
impl ExerciseService for ExerciseCalls {
    async fn draft(
        &self,
        call: Request<calls::DraftRequest>,
    ) -> Result<Response<calls::DraftResponse>, Status> {
        let caller = person(&call)?.clone();
        let asked = call.into_inner();
        let origin = command::origin("ExerciseService/Draft", asked.command.as_ref(), &asked, &caller)?;
        let content = asked.content.map(Given::from);
        let id = draft_id(&asked.draft)?;
        let (digest, faults) =
            draft::put(&self.registrar, origin, &caller, id, asked.heading, content).await?;
        Ok(Response::new(calls::DraftResponse { digest: digest.0.to_vec().into(), faults }))
    }
}

impl ExerciseCalls {
    /// For the node to serve behind the access table.
    pub fn service(self) -> ExerciseServiceServer<ExerciseCalls> {
        ExerciseServiceServer::new(self)
            .max_decoding_message_size(limits::CALL_BYTES_MAX)
            .max_encoding_message_size(limits::ANSWER_BYTES_MAX)
    }
}
