namespace KernelSockets.Vfs.Dev;

/// <summary>c_iflag (Linux x86-64, include/uapi/asm-generic/termbits-common.h). Other bits are kept but have no effect.</summary>
[Flags]
public enum InputModes : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Map NL to CR.</summary>
    INLCR = 0x40,

    /// <summary>Ignore CR.</summary>
    IGNCR = 0x80,

    /// <summary>Map CR to NL.</summary>
    ICRNL = 0x100,

    /// <summary>Ring the bell when the input queue is full.</summary>
    IMAXBEL = 0x2000,

    /// <summary>Input is UTF-8: erase takes whole characters.</summary>
    IUTF8 = 0x4000,
}

/// <summary>c_oflag. Other bits are kept but have no effect.</summary>
[Flags]
public enum OutputModes : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Process output at all.</summary>
    OPOST = 0x1,

    /// <summary>Map NL to CR NL.</summary>
    ONLCR = 0x4,

    /// <summary>Map CR to NL.</summary>
    OCRNL = 0x8,
}

/// <summary>c_cflag: what the line is like. Told to programs, without effect on the console.</summary>
[Flags]
public enum ControlModes : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>115,200 bits a second.</summary>
    B115200 = 0x1002,

    /// <summary>Eight data bits.</summary>
    CS8 = 0x30,

    /// <summary>The receiver is on.</summary>
    CREAD = 0x80,

    /// <summary>Hang up on last close.</summary>
    HUPCL = 0x400,
}

/// <summary>c_lflag. Other bits are kept but have no effect.</summary>
[Flags]
public enum LocalModes : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>VINTR, VQUIT and VSUSP have their meaning.</summary>
    ISIG = 0x1,

    /// <summary>Input comes in lines, which can be edited.</summary>
    ICANON = 0x2,

    /// <summary>Input is echoed.</summary>
    ECHO = 0x8,

    /// <summary>VERASE and VWERASE wipe what they erase.</summary>
    ECHOE = 0x10,

    /// <summary>VKILL is followed by a newline.</summary>
    ECHOK = 0x20,

    /// <summary>NL is echoed even without ECHO.</summary>
    ECHONL = 0x40,

    /// <summary>VINTR and VQUIT leave the queue as it is.</summary>
    NOFLSH = 0x80,

    /// <summary>Control characters are echoed as ^X.</summary>
    ECHOCTL = 0x200,

    /// <summary>VKILL wipes the line.</summary>
    ECHOKE = 0x800,

    /// <summary>VWERASE and VLNEXT have their meaning.</summary>
    IEXTEN = 0x8000,
}

/// <summary>Places in c_cc.</summary>
public enum ControlCharacter
{
    /// <summary>Interrupts the foreground job; Ctrl-C.</summary>
    VINTR = 0,

    /// <summary>Likewise; Ctrl-\.</summary>
    VQUIT = 1,

    /// <summary>Erases a character; Backspace.</summary>
    VERASE = 2,

    /// <summary>Erases the line; Ctrl-U.</summary>
    VKILL = 3,

    /// <summary>Ends the input; Ctrl-D.</summary>
    VEOF = 4,

    /// <summary>Tenths of a second that a raw read waits.</summary>
    VTIME = 5,

    /// <summary>Bytes that a raw read waits for.</summary>
    VMIN = 6,

    /// <summary>Suspends the foreground job; there is no job control, so it is swallowed.</summary>
    VSUSP = 10,

    /// <summary>Another end of line; none by default.</summary>
    VEOL = 11,

    /// <summary>Erases a word; Ctrl-W.</summary>
    VWERASE = 14,

    /// <summary>Takes the next character as it is; Ctrl-V.</summary>
    VLNEXT = 15,

    /// <summary>Yet another end of line; none by default.</summary>
    VEOL2 = 16,
}
