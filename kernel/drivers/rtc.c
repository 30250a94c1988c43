/* SPDX-License-Identifier: MIT */
/* Reads date and time from the CMOS clock: index to port 0x70, value from 0x71. Source: MC146818A
 * data sheet. */
#include "drivers/rtc.h"
#include "arch/clock.h"
#include "arch/io.h"

#define REG_SECOND   0
#define REG_MINUTE   2
#define REG_HOUR     4
#define REG_DAY      7
#define REG_MONTH    8
#define REG_YEAR     9
#define REG_STATUS_A 10
#define REG_STATUS_B 11
#define REG_CENTURY  0x32 /* as PCs have it */

#define A_UPDATING 0x80
#define B_24_HOURS 0x02
#define B_BINARY   0x04
#define HOUR_PM    0x80

struct rtc_time {
	u8 second, minute, hour, day, month, year, century;
};

static u8 cmos_read(u8 reg)
{
	outb(0x70, reg);
	return inb(0x71);
}

static struct rtc_time read_once(void)
{
	nsec_t deadline = clock_now() + 2 * NSEC_PER_MSEC;

	while (cmos_read(REG_STATUS_A) & A_UPDATING && clock_now() < deadline)
		;
	return (struct rtc_time){
		cmos_read(REG_SECOND),
		cmos_read(REG_MINUTE),
		cmos_read(REG_HOUR),
		cmos_read(REG_DAY),
		cmos_read(REG_MONTH),
		cmos_read(REG_YEAR),
		cmos_read(REG_CENTURY),
	};
}

static bool same_time(const struct rtc_time *a, const struct rtc_time *b)
{
	return a->second == b->second && a->minute == b->minute && a->hour == b->hour &&
	       a->day == b->day && a->month == b->month && a->year == b->year;
}

static u32 from_bcd(u8 v, bool bcd)
{
	return bcd ? (v >> 4) * 10u + (v & 15) : v;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar. The year begins in March here, so that
 * the leap day is its last. */
static s64 days_since_epoch(s64 year, u32 month, u32 day)
{
	s64 y = month <= 2 ? year - 1 : year;
	u32 m = month <= 2 ? month + 9 : month - 3;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

s64 rtc_read(void)
{
	struct rtc_time t = read_once(), again;
	u8 status = cmos_read(REG_STATUS_B);
	bool bcd = !(status & B_BINARY);
	u32 hour, century;

	/* Read until two readings agree: an update may have come between the registers. */
	for (u32 i = 0; i < 10; i++) {
		again = read_once();
		if (same_time(&t, &again))
			break;
		t = again;
	}
	hour = from_bcd(t.hour & ~HOUR_PM, bcd);
	if (!(status & B_24_HOURS))
		hour = hour % 12 + (t.hour & HOUR_PM ? 12 : 0);
	century = from_bcd(t.century, bcd);
	if (century < 19 || century > 29)
		century = 20;
	return days_since_epoch(century * 100 + from_bcd(t.year, bcd), from_bcd(t.month, bcd),
		       from_bcd(t.day, bcd)) *
		       86400 +
	       hour * 3600 + from_bcd(t.minute, bcd) * 60 + from_bcd(t.second, bcd);
}
