/** 1–64 of `A-Z a-z 0-9 . _ : ~ -`, but neither `.` nor `..`. */
export const DEVICE_ID = /^(?!\.{1,2}$)[A-Za-z0-9._:~-]{1,64}$/;
