/* SPDX-License-Identifier: MIT */
/*
 * 16550 UARTs. Output is written in batches of the FIFO's size as long as the transmitter is empty,
 * and by its interrupt when it is not (QEMU's is nearly always empty, so most output never waits
 * for an interrupt). Input comes by interrupt; when the terminal has no room, the interrupt is
 * switched off and the bytes stay in the FIFO, where QEMU keeps the rest back.
 *
 * The kernel's log goes to COM1 by polling, with interrupts off, and in a panic even if somebody
 * holds the port's lock.
 *
 * Lock: port->lock (irqsave, RANK_DEVICE): the registers, ier. Taken below a terminal's queue_lock.
 * Source: National Semiconductor PC16550D data sheet.
 */
#include "drivers/serial.h"
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/irq.h"
#include "debug/printk.h"

#define REG_DATA 0 /* DLAB: divisor low */
#define REG_IER  1 /* DLAB: divisor high */
#define REG_IIR  2 /* read */
#define REG_FCR  2 /* write */
#define REG_LCR  3
#define REG_MCR  4
#define REG_LSR  5
#define REG_MSR  6
#define REG_SCR  7

#define IER_RX      0x01
#define IER_TX      0x02
#define IER_LINE    0x04
#define IIR_NONE    0x01
#define FCR_ENABLE  0x01
#define FCR_CLEAR   0x06
#define FCR_TRIGGER 0x80 /* interrupt at 8 bytes, or when the line falls silent */
#define LCR_8N1     0x03
#define LCR_STOP2   0x04
#define LCR_PARITY  0x08
#define LCR_EVEN    0x10
#define LCR_BREAK   0x40
#define LCR_DLAB    0x80
#define MCR_READY   0x0b /* DTR, RTS, OUT2 (which lets the interrupt through) */
#define LSR_DATA    0x01
#define LSR_BREAK   0x10
#define LSR_EMPTY   0x20 /* the transmit FIFO */
#define LSR_IDLE    0x40 /* and the shift register */

#define CLOCK_HZ 115200u
/* Polls of a full transmitter before log text is dropped (some tenths of a second), and of a taken
 * lock. */
#define MAX_POLLS 1000000

struct serial_port {
	u16 base;
	u8 line; /* ISA interrupt */
	u8 ier;  /* lock: what IER holds */
	bool present;
	bool input_paused; /* lock: no room, IER_RX is off */
	bool stuck;        /* lock: the log gave up waiting */
	struct spinlock lock;
	struct tty *console; /* or NULL */
	struct tty tty;
};

/* clang-format off */
static struct serial_port ports[NR_SERIAL_PORTS] = {
	{ .base = 0x3f8, .line = 4, .tty = { .name = "ttyS0" } },
	{ .base = 0x2f8, .line = 3, .tty = { .name = "ttyS1" } },
	{ .base = 0x3e8, .line = 4, .tty = { .name = "ttyS2" } },
};
/* clang-format on */

/* ------------------------------------------------------------------ registers */

static u8 reg_read(const struct serial_port *p, u32 reg)
{
	return inb((u16)(p->base + reg));
}

static void reg_write(const struct serial_port *p, u32 reg, u8 v)
{
	outb((u16)(p->base + reg), v);
}

/* => lock held */
static void set_ier(struct serial_port *p, u8 ier)
{
	if (ier == p->ier)
		return;
	p->ier = ier;
	reg_write(p, REG_IER, ier);
}

/* => lock held, or early */
static void set_line(struct serial_port *p, u32 speed, u8 lcr)
{
	u32 divisor = speed ? max(CLOCK_HZ / speed, 1u) : 1;

	reg_write(p, REG_LCR, LCR_DLAB);
	reg_write(p, REG_DATA, (u8)divisor);
	reg_write(p, REG_IER, (u8)(divisor >> 8));
	reg_write(p, REG_LCR, lcr);
}

/* Only a UART remembers what is written to its scratch register. */
static bool detect(const struct serial_port *p)
{
	reg_write(p, REG_SCR, 0x5a);
	if (reg_read(p, REG_SCR) != 0x5a)
		return false;
	reg_write(p, REG_SCR, 0xa5);
	return reg_read(p, REG_SCR) == 0xa5;
}

static void program(struct serial_port *p)
{
	reg_write(p, REG_IER, 0);
	set_line(p, 115200, LCR_8N1);
	reg_write(p, REG_FCR, FCR_ENABLE | FCR_CLEAR | FCR_TRIGGER);
	reg_write(p, REG_MCR, MCR_READY);
}

bool serial_present(u32 port)
{
	return ports[port].present;
}

/* ------------------------------------------------------------------ output */

static bool ready_locked(struct serial_port *p)
{
	if (reg_read(p, REG_LSR) & LSR_EMPTY)
		return true;
	set_ier(p, p->ier | IER_TX);
	return false;
}

/* False: the transmitter stays full. => lock held */
static bool wait_empty(struct serial_port *p)
{
	for (u32 i = 0; i < MAX_POLLS; i++) {
		if (reg_read(p, REG_LSR) & LSR_EMPTY)
			return true;
		cpu_relax();
	}
	return false;
}

static void put_locked(struct serial_port *p, const u8 *bytes, u32 n)
{
	while (n--)
		reg_write(p, REG_DATA, *bytes++);
}

bool serial_ready(u32 port)
{
	struct serial_port *p = &ports[port];
	irqflags_t f = spin_lock_irqsave(&p->lock);
	bool ready = ready_locked(p);

	spin_unlock_irqrestore(&p->lock, f);
	return ready;
}

void serial_put(u32 port, const u8 *bytes, u32 n)
{
	struct serial_port *p = &ports[port];
	irqflags_t f = spin_lock_irqsave(&p->lock);

	wait_empty(p); /* the log may have come between */
	put_locked(p, bytes, n);
	spin_unlock_irqrestore(&p->lock, f);
}

bool serial_is_idle(u32 port)
{
	return !ports[port].present || reg_read(&ports[port], REG_LSR) & LSR_IDLE;
}

static bool serial_start(struct tty *tty)
{
	struct serial_port *p = tty->driver_data;
	irqflags_t f = spin_lock_irqsave(&p->lock);
	u8 bytes[SERIAL_FIFO];
	u32 n = 0;

	for (u32 batch = 0; batch < 8; batch++) {
		if (!ready_locked(p)) {
			n = 0;
			break;
		}
		n = tty_out_take(tty, bytes, sizeof(bytes));
		if (!n)
			break;
		put_locked(p, bytes, n);
	}
	spin_unlock_irqrestore(&p->lock, f);
	return n > 0;
}

/* ------------------------------------------------------------------ the kernel's log */

/* In a panic, or if the holder died, goes on without the lock: returns false then. */
static bool lock_for_log(struct serial_port *p)
{
	for (u32 i = 0; i < MAX_POLLS; i++) {
		if (spin_trylock(&p->lock))
			return true;
		cpu_relax();
	}
	return false;
}

static void log_byte(struct serial_port *p, u8 c, u32 *in_fifo)
{
	if (*in_fifo == 0 || *in_fifo == SERIAL_FIFO) {
		if (p->stuck && !(reg_read(p, REG_LSR) & LSR_EMPTY))
			return;
		p->stuck = !wait_empty(p);
		*in_fifo = 0;
		if (p->stuck)
			return;
	}
	reg_write(p, REG_DATA, c);
	++*in_fifo;
}

static void log_write(const char *text, size_t len)
{
	struct serial_port *p = &ports[0];
	irqflags_t f = irq_save();
	bool locked = lock_for_log(p);
	u32 in_fifo = 0;

	for (; len; len--, text++) {
		if (*text == '\n')
			log_byte(p, '\r', &in_fifo);
		log_byte(p, (u8)*text, &in_fifo);
	}
	if (locked)
		spin_unlock(&p->lock);
	irq_restore(f);
}

static struct printk_sink log_sink = { .write = log_write, .on_com1 = true };

void serial_init(void)
{
	for (u32 i = 0; i < NR_SERIAL_PORTS; i++) {
		struct serial_port *p = &ports[i];

		spin_init_named(&p->lock, RANK_DEVICE, p->tty.name);
		p->present = detect(p);
		if (p->present)
			program(p);
	}
	if (ports[0].present)
		printk_add_sink(&log_sink);
}

/* ------------------------------------------------------------------ input */

/* Who reads this port: its own terminal if somebody opened it, else the console. */
static struct tty *reader_of(struct serial_port *p)
{
	return p->tty.nr_open || !p->console ? &p->tty : p->console;
}

/* Takes what is in the FIFO, as far as there is room; a BREAK ends it. Returns the number. => lock
 * held */
static u32 drain_fifo(
	struct serial_port *p, const struct tty *reader, u8 *bytes, u32 max, bool *broken)
{
	u32 n = 0, room = min(max, tty_receive_room(reader));

	*broken = false;
	while (!*broken) {
		u8 lsr = reg_read(p, REG_LSR);

		if (!(lsr & LSR_DATA))
			break;
		if (n == room) {
			if (n < max) { /* not our buffer, the terminal is full */
				p->input_paused = true;
				set_ier(p, p->ier & ~(IER_RX | IER_LINE));
			}
			break;
		}
		bytes[n] = reg_read(p, REG_DATA);
		*broken = lsr & LSR_BREAK;
		n += !*broken;
	}
	return n;
}

/* One look at a port that interrupts. False: it has nothing to say. */
static bool service(struct serial_port *p)
{
	struct tty *reader = reader_of(p);
	u8 bytes[64];
	u32 n = 0;
	bool broken = false, can_send = false;
	irqflags_t f = spin_lock_irqsave(&p->lock);
	u8 iir = reg_read(p, REG_IIR);

	if (!(iir & IIR_NONE)) {
		reg_read(p, REG_MSR);
		if (p->ier & IER_RX)
			n = drain_fifo(p, reader, bytes, sizeof(bytes), &broken);
		can_send = p->ier & IER_TX && reg_read(p, REG_LSR) & LSR_EMPTY;
		if (can_send)
			set_ier(p, p->ier & ~IER_TX);
	}
	spin_unlock_irqrestore(&p->lock, f);
	if (iir & IIR_NONE)
		return false;
	if (n)
		tty_receive(reader, bytes, n);
	if (broken)
		tty_receive_break(reader);
	if (can_send) {
		tty_out_kick(&p->tty);
		if (p->console)
			tty_out_kick(p->console);
	}
	return true;
}

/* The line is edge-triggered and may be shared: it is quiet only when every port on it has nothing
 * to say. */
static void interrupt(void *arg)
{
	u8 line = *(u8 *)arg;
	bool any = true;

	for (u32 round = 0; any && round < 64; round++) {
		any = false;
		for (u32 i = 0; i < NR_SERIAL_PORTS; i++)
			if (ports[i].present && ports[i].line == line)
				any |= service(&ports[i]);
	}
}

static void set_input(struct serial_port *p, bool on)
{
	irqflags_t f = spin_lock_irqsave(&p->lock);

	p->input_paused = false;
	set_ier(p, on ? p->ier | IER_RX | IER_LINE : p->ier & ~(IER_RX | IER_LINE));
	spin_unlock_irqrestore(&p->lock, f);
}

void serial_resume_input(u32 port)
{
	if (ports[port].input_paused)
		set_input(&ports[port], true);
}

static void tty_resume_input(struct tty *tty)
{
	struct serial_port *p = tty->driver_data;

	if (p->input_paused)
		set_input(p, true);
}

/* ------------------------------------------------------------------ terminals */

static void serial_opened(struct tty *tty)
{
	set_input(tty->driver_data, true);
}

static void serial_closed(struct tty *tty)
{
	struct serial_port *p = tty->driver_data;

	set_input(p, p->console != NULL);
}

static bool tty_is_idle(struct tty *tty)
{
	struct serial_port *p = tty->driver_data;

	return reg_read(p, REG_LSR) & LSR_IDLE;
}

static u8 lcr_for(const struct ktermios *t)
{
	u8 lcr = (u8)((t->c_cflag & CSIZE) >> 4); /* CS5..CS8 are 0..3 in both */

	if (t->c_cflag & CSTOPB)
		lcr |= LCR_STOP2;
	if (t->c_cflag & PARENB)
		lcr |= t->c_cflag & PARODD ? LCR_PARITY : LCR_PARITY | LCR_EVEN;
	return lcr;
}

static void serial_configure(struct tty *tty)
{
	struct serial_port *p = tty->driver_data;
	const struct ktermios *t = &tty->ldisc.termios;
	irqflags_t f = spin_lock_irqsave(&p->lock);

	set_line(p, t->c_ospeed, lcr_for(t));
	reg_write(p, REG_IER, p->ier);
	spin_unlock_irqrestore(&p->lock, f);
}

static void set_break(struct serial_port *p, bool on)
{
	irqflags_t f = spin_lock_irqsave(&p->lock);
	u8 lcr = reg_read(p, REG_LCR);

	reg_write(p, REG_LCR, on ? lcr | LCR_BREAK : lcr & ~LCR_BREAK);
	spin_unlock_irqrestore(&p->lock, f);
}

static void serial_send_break(struct tty *tty, nsec_t duration)
{
	struct serial_port *p = tty->driver_data;

	set_break(p, true);
	thread_set_state(THREAD_BLOCKED);
	thread_sleep_until(clock_now() + duration);
	set_break(p, false);
}

static const struct tty_driver serial_driver = {
	.start = serial_start,
	.resume_input = tty_resume_input,
	.is_idle = tty_is_idle,
	.configure = serial_configure,
	.send_break = serial_send_break,
	.opened = serial_opened,
	.closed = serial_closed,
};

static void connect_line(u8 *line)
{
	if (irq_connect_isa(*line, interrupt, line) < 0)
		pr_warn("serial: no interrupt %u", *line);
}

void serial_init_ttys(void)
{
	bool connected[16] = { false };

	for (u32 i = 0; i < NR_SERIAL_PORTS; i++) {
		struct serial_port *p = &ports[i];

		if (!p->present)
			continue;
		p->tty.major = 4;
		p->tty.minor = 64 + i;
		p->tty.driver = &serial_driver;
		p->tty.driver_data = p;
		p->tty.winsize = (struct winsize){ .ws_row = 24, .ws_col = 80 };
		tty_register(&p->tty);
		p->tty.ldisc.termios.c_cflag = B115200 | CS8 | CREAD | HUPCL | CLOCAL;
		p->tty.ldisc.termios.c_ispeed = p->tty.ldisc.termios.c_ospeed = 115200;
		if (!connected[p->line])
			connect_line(&p->line);
		connected[p->line] = true;
		pr_info("serial: %s at 0x%x, interrupt %u", p->tty.name, p->base, p->line);
	}
}

void serial_attach_console(u32 port, struct tty *console)
{
	ports[port].console = console;
	set_input(&ports[port], true);
}
