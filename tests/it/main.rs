mod access;
mod authority;
mod tls;
