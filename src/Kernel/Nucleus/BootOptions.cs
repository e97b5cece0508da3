namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// The kernel's command line: the boot loader's, then that of QEMU's fw_cfg item, which wins since the last word of a kind counts. Only the options that
/// matter before the runtime is up are looked at here; the managed kernel parses, and judges, all of them.
/// </summary>
internal static unsafe class BootOptions
{
    private const int Capacity = 2048;

    private static Line s_line;
    private static int s_length;

    /// <summary>Bytes of the command line.</summary>
    public static int Length => s_length;

    public static byte At(int index) => s_line.Text[index];

    public static void Initialize()
    {
        fixed (byte* text = s_line.Text)
        {
            s_length = BootInformation.ReadCommandLine(text, Capacity / 2);
            int more = FirmwareConfiguration.Read("opt/kernelsockets/cmdline"u8, text + s_length + 1, Capacity - s_length - 1);
            if (more > 0)
            {
                text[s_length] = (byte)' ';
                s_length += 1 + more;
            }

            while (s_length > 0 && text[s_length - 1] is 0 or (byte)'\n')
            {
                s_length--;
            }
        }

        Panic.IsWaiting = Find("panic="u8, out int panic) && IsWord(panic, "wait"u8);
        if (Find("loglevel="u8, out int level) && At(level) is >= (byte)'0' and <= (byte)'7' && IsWordEnd(level + 1))
        {
            KernelLog.ConsoleLevel = (LogLevel)(At(level) - (byte)'0');
        }

        SystemCalls.IsTraced = Find("trace="u8, out int trace) && IsWord(trace, "syscalls"u8);
        VgaText.IsEnabled = !(Find("console="u8, out int console) && IsWord(console, "serial"u8));
    }

    /// <summary>Finds the last option of a name.</summary>
    /// <param name="name">With its equals sign.</param>
    /// <param name="value">Index of the first byte of its value.</param>
    private static bool Find(ReadOnlySpan<byte> name, out int value)
    {
        value = -1;
        bool isQuoted = false;
        for (int i = 0; i + name.Length <= s_length; i++)
        {
            isQuoted ^= At(i) == (byte)'"';
            bool isStart = i == 0 || At(i - 1) == (byte)' ';
            if (isStart && !isQuoted && IsAt(i, name))
            {
                value = i + name.Length;
            }
        }

        return value >= 0 && value < s_length;
    }

    private static bool IsWord(int index, ReadOnlySpan<byte> word) => IsAt(index, word) && IsWordEnd(index + word.Length);

    private static bool IsWordEnd(int index) => index >= s_length || At(index) == (byte)' ';

    private static bool IsAt(int index, ReadOnlySpan<byte> word)
    {
        for (int i = 0; i < word.Length; i++)
        {
            if (index + i >= s_length || At(index + i) != word[i])
            {
                return false;
            }
        }

        return true;
    }

    private struct Line
    {
        public fixed byte Text[Capacity];
    }
}
