/* SPDX-License-Identifier: MIT */
/*
 * i8042 keyboard controller and PS/2 keyboard. The controller translates to scan code set 1: a byte
 * for a key that goes down, the same with bit 7 set when it comes up, 0xe0 before the keys that the
 * PC/XT did not have. 0xe1 begins the Pause key's six bytes.
 *
 * State is changed by the interrupt handler only, which runs on one CPU at a time. Sources: IBM
 * PS/2 technical reference, keyboard controller; console_codes(4) and `dumpkeys` for the sequences.
 */
#include "drivers/keyboard.h"
#include "arch/cpu.h"
#include "arch/io.h"
#include "arch/irq.h"
#include "debug/printk.h"
#include "drivers/screen.h"
#include "lib/string.h"

#define DATA    0x60
#define STATUS  0x64 /* read */
#define COMMAND 0x64 /* write */

#define STATUS_OUTPUT 0x01 /* a byte waits for us */
#define STATUS_INPUT  0x02 /* the controller has not taken ours */
#define STATUS_MOUSE  0x20 /* the byte is the mouse's */

#define CMD_READ_CONFIG   0x20
#define CMD_WRITE_CONFIG  0x60
#define CMD_DISABLE_MOUSE 0xa7
#define CMD_ENABLE        0xae
#define CONFIG_INTERRUPT  0x01
#define CONFIG_MOUSE_IRQ  0x02
#define CONFIG_OFF        0x10
#define CONFIG_TRANSLATE  0x40
#define KBD_SET_LEDS      0xed
#define KBD_ENABLE        0xf4

#define PREFIX_EXTENDED 0xe0
#define PREFIX_PAUSE    0xe1
#define RELEASED        0x80

/* clang-format off */
enum { KEY_CTRL = 0x1d, KEY_LSHIFT = 0x2a, KEY_RSHIFT = 0x36, KEY_ALT = 0x38, KEY_CAPS = 0x3a, KEY_NUM = 0x45,
	KEY_DELETE = 0x53 };

static const char plain[0x3a] = {
	0, 27, '1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '-', '=', 0x7f, '\t',
	'q', 'w', 'e', 'r', 't', 'y', 'u', 'i', 'o', 'p', '[', ']', '\r', 0, 'a', 's',
	'd', 'f', 'g', 'h', 'j', 'k', 'l', ';', '\'', '`', 0, '\\', 'z', 'x', 'c', 'v',
	'b', 'n', 'm', ',', '.', '/', 0, '*', 0, ' ',
};

static const char shifted[0x3a] = {
	0, 27, '!', '@', '#', '$', '%', '^', '&', '*', '(', ')', '_', '+', 0x7f, '\t',
	'Q', 'W', 'E', 'R', 'T', 'Y', 'U', 'I', 'O', 'P', '{', '}', '\r', 0, 'A', 'S',
	'D', 'F', 'G', 'H', 'J', 'K', 'L', ':', '"', '~', 0, '|', 'Z', 'X', 'C', 'V',
	'B', 'N', 'M', '<', '>', '?', 0, '*', 0, ' ',
};
/* clang-format on */

/* Behind ESC; F1 is scan code 0x3b, F11 0x57. */
static const char *const function_keys[12] = {
	"[[A",
	"[[B",
	"[[C",
	"[[D",
	"[[E",
	"[17~",
	"[18~",
	"[19~",
	"[20~",
	"[21~",
	"[23~",
	"[24~",
};

/* Scan codes 0x47..0x53: the keypad, and with 0xe0 the keys of the same names. 'A'..'D' are the
 * arrows. */
static const char *const edit_keys[13] = {
	"[1~",
	"A",
	"[5~",
	NULL,
	"D",
	"[G",
	"C",
	NULL,
	"[4~",
	"B",
	"[6~",
	"[2~",
	"[3~",
};
static const char keypad_digits[] = "789-456+1230.";

static struct {
	bool shift_left, shift_right, ctrl_left, ctrl_right, alt_left, alt_right;
	bool caps, num;
	bool extended; /* 0xe0 came */
	u8 skip;       /* bytes of the Pause key still to come */
	bool leds_dirty;
	struct work leds_work, restart_work;
	void (*ctrl_alt_del)(void);
} kbd;

/* ------------------------------------------------------------------ controller */

static bool wait_status(u8 mask, u8 value)
{
	for (u32 i = 0; i < 100000; i++)
		if ((inb(STATUS) & mask) == value)
			return true;
	return false;
}

static bool send_command(u8 command)
{
	if (!wait_status(STATUS_INPUT, 0))
		return false;
	outb(COMMAND, command);
	return true;
}

static bool send_data(u8 v)
{
	if (!wait_status(STATUS_INPUT, 0))
		return false;
	outb(DATA, v);
	return true;
}

static void drain(void)
{
	for (u32 i = 0; i < 64 && inb(STATUS) & STATUS_OUTPUT; i++)
		inb(DATA);
}

/* The keyboard acknowledges with 0xfa, which the interrupt handler ignores. */
static void leds_worker(struct work *w)
{
	(void)w;
	send_data(KBD_SET_LEDS);
	wait_status(STATUS_INPUT, 0);
	send_data((u8)(kbd.num << 1 | kbd.caps << 2));
}

/* ------------------------------------------------------------------ keys */

static bool ctrl(void)
{
	return kbd.ctrl_left || kbd.ctrl_right;
}

static bool alt(void)
{
	return kbd.alt_left || kbd.alt_right;
}

static bool shift(void)
{
	return kbd.shift_left || kbd.shift_right;
}

static void type(const char *bytes, size_t n)
{
	struct tty *tty = screen_reader();

	if (tty)
		tty_receive(tty, (const u8 *)bytes, n);
}

static void type_sequence(const char *text)
{
	char bytes[8] = { 27 };
	size_t n = strlcpy(bytes + 1, text, sizeof(bytes) - 1);

	type(bytes, n + 1);
}

/* ctrl: the low five bits of letters and of [ \ ] ^ _ @ blank; some digits by tradition. */
static char control_char(char c)
{
	if (c >= '@' && c <= '~' && c != '`')
		return c & 0x1f;
	switch (c) {
	case ' ':
	case '2':
		return 0;
	case '3' ... '7':
		return (char)(c - '3' + 0x1b);
	case '8':
	case '?':
		return 0x7f;
	case '/':
	case '-':
		return 0x1f;
	}
	return c;
}

static void type_char(char c)
{
	char bytes[2] = { 27, c };

	if (alt())
		type(bytes, 2);
	else
		type(&c, 1);
}

static void character_key(u8 code)
{
	char c = plain[code];
	bool letter = c >= 'a' && c <= 'z';

	if (!c)
		return;
	if (shift() != (letter && kbd.caps))
		c = shifted[code];
	type_char(ctrl() ? control_char(c) : c);
}

static void edit_key(u8 code)
{
	const char *text = edit_keys[code - 0x47];
	char arrow[3] = { screen_app_cursor_keys() ? 'O' : '[', text ? text[0] : 0, 0 };

	if (text)
		type_sequence(text[0] == '[' ? text : arrow);
}

static void keypad_key(u8 code)
{
	char c = keypad_digits[code - 0x47];

	if (c == '-' || c == '+' || kbd.num != shift())
		type_char(c);
	else
		edit_key(code);
}

/* True: a key that only changes what others mean. */
static bool modifier_key(u8 code, bool down)
{
	switch (code) {
	case KEY_LSHIFT:
		/* 0xe0 0x2a comes with some keys and means nothing. */
		kbd.shift_left = down && !kbd.extended;
		return true;
	case KEY_RSHIFT:
		kbd.shift_right = down && !kbd.extended;
		return true;
	case KEY_CTRL:
		*(kbd.extended ? &kbd.ctrl_right : &kbd.ctrl_left) = down;
		return true;
	case KEY_ALT:
		*(kbd.extended ? &kbd.alt_right : &kbd.alt_left) = down;
		return true;
	case KEY_CAPS:
	case KEY_NUM:
		if (down) {
			bool *lock = code == KEY_CAPS ? &kbd.caps : &kbd.num;

			*lock = !*lock;
			work_queue(&kbd.leds_work);
		}
		return true;
	}
	return false;
}

static void key_down(u8 code)
{
	if (code == KEY_DELETE && ctrl() && alt())
		work_queue(&kbd.restart_work);
	else if (kbd.extended && code == 0x1c)
		type_char('\r');
	else if (kbd.extended && code == 0x35)
		type_char('/');
	else if (code >= 0x3b && code <= 0x44)
		type_sequence(function_keys[code - 0x3b]);
	else if (code == 0x57 || code == 0x58)
		type_sequence(function_keys[code - 0x57 + 10]);
	else if (code >= 0x47 && code <= KEY_DELETE)
		kbd.extended ? edit_key(code) : keypad_key(code);
	else if (code < sizeof(plain) && !kbd.extended)
		character_key(code);
}

static void scan_code(u8 c)
{
	if (kbd.skip) {
		kbd.skip--;
	} else if (c == PREFIX_PAUSE) {
		kbd.skip = 5;
	} else if (c == PREFIX_EXTENDED) {
		kbd.extended = true;
		return;
	} else if (c != 0 && c < 0xfa) { /* else acknowledgements and errors */
		if (!modifier_key(c & ~RELEASED, !(c & RELEASED)) && !(c & RELEASED))
			key_down(c);
	}
	kbd.extended = false;
}

static void interrupt(void *arg)
{
	(void)arg;
	for (u32 i = 0; i < 16; i++) {
		u8 status = inb(STATUS), c;

		if (!(status & STATUS_OUTPUT))
			return;
		c = inb(DATA);
		if (!(status & STATUS_MOUSE))
			scan_code(c);
	}
}

/* ------------------------------------------------------------------ set-up */

static void restart_worker(struct work *w)
{
	(void)w;
	if (!kbd.ctrl_alt_del)
		machine_restart();
	kbd.ctrl_alt_del();
}

void keyboard_set_ctrl_alt_del(void (*action)(void))
{
	kbd.ctrl_alt_del = action;
}

/* Keyboard on, with translation and interrupt; mouse off. False: no controller. */
static bool controller_init(void)
{
	u8 config;

	if (inb(STATUS) == 0xff || !send_command(CMD_DISABLE_MOUSE))
		return false;
	drain();
	if (!send_command(CMD_READ_CONFIG) || !wait_status(STATUS_OUTPUT, STATUS_OUTPUT))
		return false;
	config = inb(DATA);
	config |= CONFIG_INTERRUPT | CONFIG_TRANSLATE;
	config &= (u8) ~(CONFIG_MOUSE_IRQ | CONFIG_OFF);
	if (!send_command(CMD_WRITE_CONFIG) || !send_data(config) || !send_command(CMD_ENABLE))
		return false;
	send_data(KBD_ENABLE);
	wait_status(STATUS_OUTPUT, STATUS_OUTPUT);
	drain();
	return true;
}

void keyboard_init(void)
{
	work_init(&kbd.leds_work, leds_worker);
	work_init(&kbd.restart_work, restart_worker);
	if (!controller_init()) {
		pr_info("keyboard: no controller");
		return;
	}
	if (irq_connect_isa(1, interrupt, NULL) < 0) {
		pr_warn("keyboard: no interrupt");
		return;
	}
	drain(); /* a byte that came before would keep the line up, and no edge would follow */
}
