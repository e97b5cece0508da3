namespace KernelSockets.MkMinix;

/// <summary>Modes as ls prints them.</summary>
internal static class ModeText
{
    private const string Rights = "rwxrwxrwx";

    /// <summary>For example <c>drwxr-xr-x</c>.</summary>
    public static string Of(InodeMode mode)
    {
        Span<char> text = stackalloc char[1 + Rights.Length];
        text[0] = mode.Type() switch
        {
            InodeMode.Directory => 'd',
            InodeMode.SymbolicLink => 'l',
            InodeMode.CharacterDevice => 'c',
            InodeMode.BlockDevice => 'b',
            InodeMode.Fifo => 'p',
            InodeMode.Socket => 's',
            _ => '-',
        };
        for (int i = 0; i < Rights.Length; i++)
        {
            bool isSet = ((int)mode & (1 << (Rights.Length - 1 - i))) != 0;
            text[1 + i] = isSet ? Rights[i] : '-';
        }

        return new string(text);
    }
}
