mod access;
mod authority;
mod custody;
mod tls;
mod trust;
