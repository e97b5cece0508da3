using System.Globalization;

namespace KernelSockets.UserApps.Files;

/// <summary>Names of users and groups, from /etc/passwd and /etc/group where these are; root is known without.</summary>
internal sealed class UserNames
{
    private const string Root = "root";

    private readonly Dictionary<uint, string> _users = Read("/etc/passwd");
    private readonly Dictionary<uint, string> _groups = Read("/etc/group");

    /// <summary>The name of a user; null for an unknown one.</summary>
    public string? User(uint id) => _users.GetValueOrDefault(id);

    /// <summary>The name of a group; null for an unknown one.</summary>
    public string? Group(uint id) => _groups.GetValueOrDefault(id);

    /// <summary>The number of a user, by name or number.</summary>
    public bool TryFindUser(string text, out uint id) => TryFind(_users, text, out id);

    /// <summary>The number of a group, by name or number.</summary>
    public bool TryFindGroup(string text, out uint id) => TryFind(_groups, text, out id);

    private static bool TryFind(Dictionary<uint, string> names, string text, out uint id)
    {
        foreach ((uint known, string name) in names)
        {
            if (name == text)
            {
                id = known;
                return true;
            }
        }

        return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id != uint.MaxValue;
    }

    /// <summary>Reads lines of name:password:number.</summary>
    private static Dictionary<uint, string> Read(string path)
    {
        Dictionary<uint, string> names = [];
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                string[] fields = line.Split(':');
                if (fields.Length > 2 && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
                {
                    names.TryAdd(id, fields[0]);
                }
            }
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            // A system without the file has no names but root's; stat then tells numbers.
            names.Clear();
        }

        names.TryAdd(0, Root);
        return names;
    }
}
