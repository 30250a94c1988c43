/* SPDX-License-Identifier: MIT */
/* Numbers and structures of the socket calls that Linux's uapi headers leave to the C library:
 * values of glibc's <bits/socket.h>, <bits/socket_type.h>. socket(2), sendmsg(2), unix(7). */
#pragma once

#include <asm/socket.h>
#include <linux/fcntl.h>
#include <linux/socket.h>
#include <linux/uio.h>
#include <linux/un.h>
#include "lib/types.h"

#define AF_UNSPEC 0
#define AF_UNIX   1

#define SOCK_STREAM    1
#define SOCK_DGRAM     2
#define SOCK_RAW       3
#define SOCK_SEQPACKET 5
#define SOCK_TYPE_MASK 15
#define SOCK_CLOEXEC   O_CLOEXEC
#define SOCK_NONBLOCK  O_NONBLOCK

#define SHUT_RD   0
#define SHUT_WR   1
#define SHUT_RDWR 2

#define MSG_OOB          0x1u
#define MSG_PEEK         0x2u
#define MSG_CTRUNC       0x8u
#define MSG_TRUNC        0x20u
#define MSG_DONTWAIT     0x40u
#define MSG_WAITALL      0x100u
#define MSG_NOSIGNAL     0x4000u
#define MSG_CMSG_CLOEXEC 0x40000000u

#define SCM_RIGHTS      1
#define SCM_CREDENTIALS 2
#define SCM_MAX_FD      253
#define SOMAXCONN       4096

struct ucred {
	u32 pid, uid, gid;
};

struct user_msghdr {
	vaddr_t msg_name;
	int msg_namelen;
	vaddr_t msg_iov;
	u64 msg_iovlen;
	vaddr_t msg_control;
	u64 msg_controllen;
	u32 msg_flags;
};

struct cmsghdr {
	u64 cmsg_len; /* with this header */
	int cmsg_level, cmsg_type;
};
