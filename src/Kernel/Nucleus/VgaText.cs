namespace KernelSockets.Kernel.Nucleus;

/// <summary>
/// The last resort for VGA's text screen (80 × 25 at 0xB8000): prints log lines before the console driver owns the screen, and panics after. Any context.
/// </summary>
internal static unsafe class VgaText
{
    private const ulong Memory = 0xB8000;
    private const int Columns = 80;
    private const int Rows = 25;
    private const ushort Attribute = 0x0700;

    private static bool s_isEnabled;
    private static int s_column;
    private static int s_row;

    /// <summary>True while log lines go straight to the screen.</summary>
    public static bool IsEnabled
    {
        get => s_isEnabled;
        set => s_isEnabled = value;
    }

    /// <summary>Clears the screen and starts at its top.</summary>
    public static void Clear()
    {
        for (int i = 0; i < Columns * Rows; i++)
        {
            Cells[i] = Attribute | ' ';
        }

        s_column = 0;
        s_row = 0;
    }

    public static void Write(byte value)
    {
        if (!s_isEnabled)
        {
            return;
        }

        if (value != (byte)'\n')
        {
            Cells[(s_row * Columns) + s_column] = (ushort)(Attribute | value);
            s_column++;
        }

        if (value == (byte)'\n' || s_column == Columns)
        {
            s_column = 0;
            s_row++;
        }

        if (s_row == Rows)
        {
            Scroll();
        }
    }

    private static ushort* Cells => (ushort*)(PageTables.IsActive ? PageTables.DirectMap + Memory : Memory);

    private static void Scroll()
    {
        Cpu.Copy(Cells, Cells + Columns, Columns * (Rows - 1) * sizeof(ushort));
        s_row = Rows - 1;
        for (int i = 0; i < Columns; i++)
        {
            Cells[(s_row * Columns) + i] = Attribute | ' ';
        }
    }
}
